/** The table of a file's runs: sorted by any column, narrowed by a text, each run's lines shown or hidden. */

import { computed, signal } from "@preact/signals";
import { html } from "htm/preact";

import { cellText } from "trialog/logic/cells.js";
import { Icon } from "trialog/parts/icons.js";
import { StatusBadge } from "trialog/parts/status.js";
import { recorded } from "trialog/export/recorded.js";

/** @typedef {{at: number, isDown: boolean}} Order at: the column's place; -1 for the name, -2 for none */

const order = signal(/** @type {Order} */ ({ at: -2, isDown: false }));
const wanted = signal("");

const columns = computed(() => recorded().table.columns.filter((column) => column.name !== "status" && column.name !== "name"));
/** The places of the rows that are shown, in order. */
const rows = computed(() => {
  const { names, ids } = recorded().table;
  const text = wanted.value.trim().toLowerCase();
  const found = ids.map((_, row) => row).filter((row) => !text || rowText(row).includes(text));
  const { at, isDown } = order.value;
  if (at === -2) {
    return found;
  }
  const values = at === -1 ? names : columns.value[at].values;
  return found.sort((a, b) => compare(values?.[a], values?.[b], isDown));
});

/** @param {number} row */
function rowText(row) {
  const { names, statuses } = recorded().table;
  return [names[row], statuses[row], ...columns.value.map((column) => cellText(/** @type {never} */ (column), /** @type {never} */ (column.values?.[row])))].join("\n").toLowerCase();
}

/**
 * Missing values come last, whichever way.
 * @param {unknown} a @param {unknown} b @param {boolean} isDown
 */
function compare(a, b, isDown) {
  if (a === null || a === undefined || b === null || b === undefined) {
    return Number(a === null || a === undefined) - Number(b === null || b === undefined);
  }
  const found = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true });
  return isDown ? -found : found;
}

/**
 * @param {{source: import("trialog/charts/source.js").ChartSource, hidden: import("@preact/signals").Signal<ReadonlySet<string>>}} props
 */
export function RunTable({ source, hidden }) {
  const { names, ids, statuses, reasons } = recorded().table;
  return html`<section class="export-runs" aria-labelledby="export-runs-title">
    <h2 id="export-runs-title">Runs</h2>
    <div class="export-tools">
      <input type="search" aria-label="Narrow the table" placeholder="Narrow the table" value=${wanted.value} data-testid="narrow"
        onInput=${(/** @type {Event} */ event) => { wanted.value = /** @type {HTMLInputElement} */ (event.target).value; }} />
      <button onClick=${() => { hidden.value = new Set(); }}>Draw all</button>
      <button onClick=${() => { hidden.value = new Set(ids.filter((_, row) => !rows.value.includes(row))); }}>Draw only these</button>
      <span class="soft" role="status">${rows.value.length} of ${ids.length}</span>
    </div>
    <div class="panel export-table" tabindex="0" role="region" aria-label="Table of runs">
      <table><thead><tr><th scope="col"><span class="unseen">drawn</span></th><${Head} at=${-1} text="name" /><th scope="col">status</th>
        ${columns.value.map((column, at) => html`<${Head} key=${column.text} at=${at} text=${column.name} measure=${column.measure ?? ""} />`)}</tr></thead>
      <tbody>${rows.value.map((row) => html`<tr key=${ids[row]} onPointerEnter=${() => { source.hovered.value = ids[row]; }} onPointerLeave=${() => { source.hovered.value = ""; }}>
        <td><label class="swatch-label"><input type="checkbox" checked=${!hidden.value.has(ids[row])} aria-label=${`Draw ${names[row]}`} onChange=${() => turn(hidden, ids[row])} />
          <${Swatch} ...${source.styleOf(ids[row], row)} /></label></td>
        <th scope="row" class="cut" title=${names[row]}>${names[row]}</th>
        <td><${StatusBadge} status=${statuses[row]} reason=${reasons[row]} /></td>
        ${columns.value.map((column) => html`<td key=${column.text} class="cut">${cellText(/** @type {never} */ (column), /** @type {never} */ (column.values?.[row]))}</td>`)}
      </tr>`)}</tbody></table>
    </div>
  </section>`;
}

/** How a run's lines look: its dashes too. @param {{colour: string, dash: readonly number[]}} props */
function Swatch({ colour, dash }) {
  return html`<svg class="run-swatch" viewBox="0 0 18 10" aria-hidden="true"><path d="M1 5H17" stroke=${colour} stroke-dasharray=${dash.join(" ")} /></svg>`;
}

/** @param {{at: number, text: string, measure?: string}} props */
function Head({ at, text, measure = "" }) {
  const { at: chosen, isDown } = order.value;
  const sorted = chosen === at ? (isDown ? "descending" : "ascending") : undefined;
  return html`<th scope="col" aria-sort=${sorted}><button class="quiet" onClick=${() => { order.value = { at, isDown: chosen === at && !isDown }; }}>
    ${text}${measure && html`<span class="measure">${measure}</span>`}${sorted && html`<${Icon} name=${isDown ? "down" : "up"} />`}</button></th>`;
}

/**
 * @param {import("@preact/signals").Signal<ReadonlySet<string>>} hidden
 * @param {string} id
 */
function turn(hidden, id) {
  const next = new Set(hidden.value);
  if (!next.delete(id)) {
    next.add(id);
  }
  hidden.value = next;
}
