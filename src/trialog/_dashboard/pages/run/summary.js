/** What the metrics of a run came to, as a table that may be long. */

import { html } from "htm/preact";
import { useState } from "preact/hooks";

import { formatCount, formatValue } from "trialog/logic/formats.js";
import { useAsked } from "trialog/pages/run/state.js";
import { Failure, Waiting } from "trialog/parts/states.js";
import { VirtualRows } from "trialog/parts/virtualrows.js";

/** @typedef {import("trialog/api.d.ts").SummaryRow} Row */

const COLUMNS = ["last", "min", "max", "mean", "count"];

/** @param {{title: string, which: "metrics" | "system"}} props */
export function SummaryTable({ title, which }) {
  const { data, failure, again } = useAsked("/summary");
  const [wanted, setWanted] = useState("");
  if (failure) {
    return html`<${Failure} error=${failure} again=${again} />`;
  }
  if (!data) {
    return html`<${Waiting} what="the metrics" />`;
  }
  /** @type {Row[]} */
  const all = data[which];
  if (!all.length) {
    return html`<section class="panel part-panel" aria-label=${title}><h2>${title}</h2><p class="soft">${which === "metrics" ? "The run has logged no metric." : "Nothing of the machine was kept."}</p></section>`;
  }
  const sought = wanted.trim().toLowerCase();
  const rows = sought ? all.filter((row) => row.name.toLowerCase().includes(sought)) : all;
  return html`<section class="panel part-panel" aria-label=${title}>
    <div class="part-head"><h2>${title} <span class="soft">${formatCount(all.length, "metric")}</span></h2>
      ${all.length > 12 && html`<input type="search" aria-label="Search metrics" placeholder="search" value=${wanted} onInput=${(/** @type {any} */ event) => setWanted(event.target.value)} />`}</div>
    <${VirtualRows} label=${title} columns=${["metric", ...COLUMNS, "at min", "at max"]} kind="summary-rows" count=${rows.length} cells=${(/** @type {number} */ at) => cells(rows[at])} />
  </section>`;
}

/** @param {Row} row */
function cells(row) {
  const numbers = [row.last, row.min, row.max, row.mean, row.count].map(formatValue);
  return [row.name, ...numbers, row.step_of_min === null ? "" : `step ${formatValue(row.step_of_min)}`, row.step_of_max === null ? "" : `step ${formatValue(row.step_of_max)}`];
}
