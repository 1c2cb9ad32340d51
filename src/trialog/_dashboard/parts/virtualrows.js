/** A table of which only the rows are drawn that are seen: ten rows or a million. */

import { html } from "htm/preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

import { lineWindow, wholeHeight } from "trialog/logic/linewindow.js";

const ROW = 28;
const SHORT = 30; // so many rows are all drawn, and the page scrolls

/**
 * @param {{label: string, columns: string[], count: number, cells: (at: number) => unknown[], kind?: string, first?: number}} props
 * cells: what stands in a row; the first one heads it
 */
export function VirtualRows({ label, columns, count, cells, kind = "" }) {
  const [top, setTop] = useState(0);
  const [view, setView] = useState(400);
  const host = useRef(/** @type {HTMLDivElement | null} */ (null));
  const isLong = count > SHORT;
  useLayoutEffect(() => {
    if (host.current && isLong) {
      setView(host.current.clientHeight - ROW);
    }
  }, [isLong]);
  const sizes = { total: count, row: ROW, view };
  const { first, end, offset } = isLong ? lineWindow(sizes, top) : { first: 0, end: count, offset: 0 };
  const rows = [];
  for (let at = first; at < end; at += 1) {
    rows.push(at);
  }
  const after = isLong ? Math.max(0, wholeHeight(sizes) - offset - rows.length * ROW) : 0;
  return html`<div class=${`rows ${kind} ${isLong ? "rows-long" : ""}`} ref=${host} tabindex="0" role="group" aria-label=${label}
      onScroll=${(/** @type {any} */ event) => setTop(event.currentTarget.scrollTop)}>
    <table aria-rowcount=${count + 1}>
      <thead><tr aria-rowindex="1">${columns.map((column) => html`<th scope="col" key=${column} title=${column}>${column}</th>`)}</tr></thead>
      <tbody>
        ${offset > 0 && html`<tr class="space" aria-hidden="true"><td colspan=${columns.length} style=${{ height: `${offset}px` }}></td></tr>`}
        ${rows.map((at) => html`<tr key=${at} aria-rowindex=${at + 2}>${cells(at).map((cell, place) => (place
          ? html`<td key=${place}>${cell}</td>`
          : html`<th scope="row" key="0" title=${typeof cell === "string" ? cell : null}>${cell}</th>`))}</tr>`)}
        ${after > 0 && html`<tr class="space" aria-hidden="true"><td colspan=${columns.length} style=${{ height: `${after}px` }}></td></tr>`}
      </tbody>
    </table>
  </div>`;
}
