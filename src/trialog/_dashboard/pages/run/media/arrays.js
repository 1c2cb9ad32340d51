/** Arrays in short, and histograms. */

import { html } from "htm/preact";

import { formatNumber, formatValue } from "trialog/logic/formats.js";
import { Bars } from "trialog/pages/run/media/bars.js";
import { textOf, useBytes } from "trialog/data/files.js";
import { useAsked } from "trialog/pages/run/state.js";
import { Failure, Waiting } from "trialog/parts/states.js";

/** @typedef {import("trialog/api.d.ts").VersionShape} Version */

const MOST_BYTES = 8_000_000;

/** @param {{name: string, version: Version}} props */
export function ArrayView({ name, version }) {
  const { data, failure } = useAsked("/array", { name, version: version.version });
  if (failure) {
    return html`<${Failure} error=${failure} />`;
  }
  if (!data) {
    return html`<${Waiting} what="the array" />`;
  }
  const array = /** @type {import("trialog/api.d.ts").ArrayShape} */ (data);
  /** @type {[string, string][]} */
  const facts = [
    ["shape", array.shape.length ? array.shape.join(" × ") : "a single value"], ["dtype", array.dtype], ["values", formatNumber(array.size)],
    ["min", formatValue(array.least)], ["mean", formatValue(array.mean)], ["max", formatValue(array.greatest)],
    ["NaN", array.nan ? formatNumber(array.nan) : ""], ["infinite", array.infinite ? formatNumber(array.infinite) : ""],
  ];
  return html`<dl class="facts">${facts.filter(([, value]) => value).map(([label, value]) => html`<div key=${label}><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
    ${array.counts.length > 0 && html`<${Bars} label=${`Histogram of ${name}`} counts=${array.counts} edges=${array.edges} />`}
    ${array.sample.length > 0 && html`<h3>First values</h3><pre class="file-text sample" tabindex="0" aria-label="First values">${array.sample.join("  ")}${array.size > array.sample.length ? "  …" : ""}</pre>`}`;
}

/** @param {{version: Version}} props */
export function HistogramView({ version }) {
  const { bytes, failure } = useBytes(version, Math.min(version.size_bytes, MOST_BYTES));
  if (failure) {
    return html`<${Failure} error=${failure} />`;
  }
  if (!bytes) {
    return html`<${Waiting} what="the histogram" />`;
  }
  const found = histogram(textOf(bytes));
  if (!found) {
    return html`<${Failure} error=${new Error("The file is no histogram.")} />`;
  }
  const { counts, edges, nan, infinite } = found;
  const total = counts.reduce((sum, each) => sum + each, 0);
  return html`<p class="soft">${formatNumber(total)} values in ${counts.length} bins from ${formatNumber(edges[0])} to ${formatNumber(edges[edges.length - 1])}${nan ? `, ${formatNumber(nan)} NaN` : ""}${infinite ? `, ${formatNumber(infinite)} infinite` : ""}</p>
    <${Bars} label="Histogram" counts=${counts} edges=${edges} />`;
}

/** @param {string} text */
function histogram(text) {
  try {
    const { counts, edges, nan_count: nan = 0, infinity_count: infinite = 0 } = JSON.parse(text);
    const isWhole = Array.isArray(counts) && Array.isArray(edges) && edges.length === counts.length + 1 && counts.length > 0;
    return isWhole && [...counts, ...edges].every((each) => typeof each === "number") ? { counts: /** @type {number[]} */ (counts), edges: /** @type {number[]} */ (edges), nan, infinite } : null;
  } catch {
    return null;
  }
}
