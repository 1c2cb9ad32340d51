/** A few values as a small curve. */

import { html } from "htm/preact";

import { formatBytes, formatNumber } from "trialog/logic/formats.js";

const WIDTH = 220;
const HEIGHT = 40;

/** @param {{curve: import("trialog/api.d.ts").CurveShape}} props */
export function Curve({ curve }) {
  const { metric, values, least, greatest, last } = curve;
  const word = (/** @type {number} */ value) => (metric.endsWith("_bytes") ? formatBytes(value) : metric.endsWith("_percent") ? `${formatNumber(value, 3)} %` : formatNumber(value, 4));
  const span = greatest - least || 1;
  let path = "";
  values.forEach((value, at) => {
    if (value !== null) {
      const x = (at / Math.max(1, values.length - 1)) * WIDTH;
      const y = HEIGHT - 3 - ((value - least) / span) * (HEIGHT - 6);
      path += `${path && values[at - 1] !== null ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    }
  });
  return html`<figure class="small-curve">
    <figcaption><b>${metric}</b> <span class="soft">${word(least)} to ${word(greatest)}, last ${word(last)}</span></figcaption>
    <svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${`${metric}: ${word(least)} to ${word(greatest)}, last ${word(last)}`} preserveAspectRatio="none"><path d=${path} /></svg>
  </figure>`;
}
