/** Small pictures, drawn with the colour of the text. All are decoration: the word stands beside or in a label. */

import { html } from "htm/preact";

/** @type {Record<string, string>} */
const PATHS = {
  logo: "M2 12 L6 6.5 L9 9.5 L14 3.5",
  sun: "M8 5.2a2.8 2.8 0 1 0 0 5.6a2.8 2.8 0 1 0 0-5.6M8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M12.6 3.4l-1.1 1.1M4.5 11.5l-1.1 1.1",
  moon: "M13 9.8A5.6 5.6 0 0 1 6.2 3a5.6 5.6 0 1 0 6.8 6.8Z",
  halves: "M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12M8 2v12M8 5h4M8 8h6M8 11h4",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M10.3 10.3L14 14",
  close: "M4 4l8 8M12 4l-8 8",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  down: "M4 6l4 4l4-4",
  right: "M6 4l4 4l-4 4",
  up: "M4 10l4-4l4 4",
  left: "M10 4l-4 4l4 4",
  pin: "M6 2.5h4M6.8 2.5v4L5 9h6L9.2 6.5v-4M8 9v4.5",
  eye: "M1.5 8S4 3.8 8 3.8S14.5 8 14.5 8S12 12.2 8 12.2S1.5 8 1.5 8M8 6.2a1.8 1.8 0 1 0 0 3.6a1.8 1.8 0 1 0 0-3.6",
  hidden: "M2 2l12 12M6 4.1A6.6 6.6 0 0 1 8 3.8c4 0 6.5 4.2 6.5 4.2a11 11 0 0 1-1.9 2.3M4 5.3A11 11 0 0 0 1.5 8S4 12.2 8 12.2a6.6 6.6 0 0 0 2.6-.5",
  columns: "M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10",
  filter: "M2 3.5h12L9.5 9v4l-3-1.5V9z",
  copy: "M5.5 5.5h7v8h-7zM3.5 10.5v-8h7",
  download: "M8 2.5v8M4.8 7.5L8 10.7l3.2-3.2M3 13.5h10",
  full: "M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  settings: "M2.5 4.5h6M11.5 4.5h2M10 3v3M2.5 11.5h2M7.5 11.5h6M6 10v3",
  add: "M8 3v10M3 8h10",
  check: "M3 8.5l3.2 3.2L13 4.8",
  star: "M8 2.2l1.8 3.7l4 .6l-2.9 2.8l.7 4L8 11.4l-3.6 1.9l.7-4L2.2 6.5l4-.6z",
  table: "M2.5 3h11v10h-11zM2.5 6.3h11M2.5 9.6h11M6.5 6.3V13",
  chart: "M2.5 2.5v11h11M5 10l2.5-3.5l2 2L13 4.5",
  file: "M4 2h5l3 3v9H4zM9 2v3h3",
  stop: "M4 4h8v8H4z",
  trash: "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 9h5.8l.6-9",
  tag: "M2.5 7.5v-5h5l6 6l-5 5zM5.2 5.2h.01",
  link: "M6.5 9.5l3-3M7.5 4.5l1-1a2.5 2.5 0 0 1 4 4l-1 1M8.5 11.5l-1 1a2.5 2.5 0 0 1-4-4l1-1",
  help: "M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12M6.3 6.3a1.8 1.8 0 1 1 2.4 1.9c-.5.2-.7.5-.7 1.1M8 11.4h.01",
  // of statuses: each has a shape of its own, so that none is told by its colour alone
  pending: "M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11M8 5v3.2l2 1.3",
  running: "M5 3.2l7.5 4.8L5 12.8z",
  completed: "M3 8.5l3.2 3.2L13 4.8",
  crashed: "M8 2.2l6.2 11H1.8zM8 6.5v3M8 11.3h.01",
  failed: "M4 4l8 8M12 4l-8 8",
  interrupted: "M5.5 3.5v9M10.5 3.5v9",
  canceling: "M4 4h8v8H4zM6.5 8h3",
  canceled: "M4 4h8v8H4z",
};

/** @param {{name: string}} props */
export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d=${PATHS[name] ?? ""} /></svg>`;
}
