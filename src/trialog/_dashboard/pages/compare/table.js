/** The table: a column for each run, a row for each thing that they say; numbers with how far they are from the baseline's. */

import { html } from "htm/preact";
import { useState } from "preact/hooks";

import { formatNumber } from "trialog/logic/formats.js";
import { deltasOf, wordOf } from "trialog/logic/sidebyside.js";
import { runPath } from "trialog/logic/url.js";
import { areas, baseline, chartSource, makeBaseline, moveRun, moveRunTo, removeRun, runs } from "trialog/pages/compare/state.js";
import { copyText } from "trialog/parts/copy.js";
import { openMenu } from "trialog/parts/floating.js";
import { Icon } from "trialog/parts/icons.js";
import { StatusBadge } from "trialog/parts/status.js";
import { go } from "trialog/shell/router.js";

const MOST_CELLS = 6000; // of an area, before the rest must be asked for
const DRAGGED = "application/x-trialog-run";

/** The table. */
export function CompareTable() {
  const source = chartSource.value;
  const base = baseline.value;
  return html`<div class="panel compare-scroll" tabindex="0" role="group" aria-label="Runs side by side" data-testid="compare-table">
    <table class="compare-table">
      <thead><tr>
        <td class="corner"></td>
        ${runs.value.map(({ run }, at) => html`<${RunHeading} key=${run.id} run=${run} at=${at} isBaseline=${at === base} style=${source.styleOf(run.id, at)} />`)}
      </tr></thead>
      ${areas.value.map((area) => html`<${AreaRows} key=${area.name} area=${area} base=${base} columns=${runs.value.length} />`)}
    </table>
  </div>`;
}

/**
 * @param {{run: import("trialog/api.d.ts").RunHead, at: number, isBaseline: boolean, style: {colour: string, dash: readonly number[]}}} props
 */
function RunHeading({ run, at, isBaseline, style }) {
  const [isOver, setOver] = useState(false);
  const last = runs.value.length - 1;
  const items = [
    { label: "Open", icon: "right", act: () => go(runPath(run)) },
    { label: isBaseline ? "Is the baseline" : "Make this the baseline", icon: "star", isOff: isBaseline, act: () => makeBaseline(run.id) },
    { label: "Move left", icon: "left", isOff: at === 0, act: () => moveRun(run.id, -1), isApart: true },
    { label: "Move right", icon: "right", isOff: at === last, act: () => moveRun(run.id, 1) },
    { label: "Move to the front", icon: "up", isOff: at === 0, act: () => moveRun(run.id, -at) },
    { label: "Copy the id", icon: "copy", act: () => { void copyText(run.id, "the id"); }, isApart: true },
    { label: "Remove from here", icon: "close", act: () => removeRun(run.id) },
  ];
  /** @param {DragEvent} event */
  const drop = (event) => {
    setOver(false);
    const id = event.dataTransfer?.getData(DRAGGED);
    if (id && id !== run.id) {
      event.preventDefault();
      moveRunTo(id, run.id);
    }
  };
  return html`<th scope="col" class=${`run-heading ${isBaseline ? "is-baseline" : ""} ${isOver ? "is-over" : ""}`} draggable="true" data-run=${run.id}
      onDragStart=${(/** @type {DragEvent} */ event) => event.dataTransfer?.setData(DRAGGED, run.id)}
      onDragOver=${(/** @type {DragEvent} */ event) => { if (event.dataTransfer?.types.includes(DRAGGED)) { event.preventDefault(); setOver(true); } }}
      onDragLeave=${() => setOver(false)} onDrop=${drop}>
    <div class="column-name">
      <svg class="line-swatch" viewBox="0 0 18 6" aria-hidden="true"><line x1="0" y1="3" x2="18" y2="3" stroke=${style.colour} stroke-dasharray=${style.dash.join(" ")} /></svg>
      <a class="cut" href=${runPath(run)} title=${run.name}>${run.name}</a>
      <button class="quiet" aria-label=${`More for ${run.name}`} title="Baseline, order, remove" data-testid="run-menu"
        onClick=${(/** @type {any} */ event) => openMenu(event.currentTarget, run.name, items)}><${Icon} name="more" /></button>
    </div>
    <div class="column-facts"><${StatusBadge} status=${run.status} reason=${run.reason} />
      ${isBaseline && html`<span class="tag">baseline</span>`}</div>
  </th>`;
}

/** @param {{area: import("trialog/logic/sidebyside.js").Area & {total: number}, base: number, columns: number}} props */
function AreaRows({ area, base, columns }) {
  const [isFolded, setFolded] = useState(false);
  const [isWhole, setWhole] = useState(false);
  const most = Math.max(20, Math.floor(MOST_CELLS / Math.max(1, columns)));
  const rows = isFolded ? [] : isWhole ? area.rows : area.rows.slice(0, most);
  return html`<tbody data-area=${area.name}>
    <tr class="area-row"><th scope="rowgroup"><button class="quiet" aria-expanded=${!isFolded} onClick=${() => setFolded(!isFolded)}>
      <${Icon} name=${isFolded ? "right" : "down"} />${area.name}<span class="soft">${area.rows.length < area.total ? `${formatNumber(area.rows.length)} of ${formatNumber(area.total)}` : formatNumber(area.total)}</span></button></th>
      <td colspan=${columns}></td></tr>
    ${rows.map((row) => html`<${CompareRow} key=${row.name} row=${row} base=${base} />`)}
    ${!isFolded && rows.length < area.rows.length && html`<tr><th scope="row"><button class="link" onClick=${() => setWhole(true)}>Show ${formatNumber(area.rows.length - rows.length)} more</button></th><td colspan=${columns}></td></tr>`}
  </tbody>`;
}

/** @param {{row: import("trialog/logic/sidebyside.js").Row, base: number}} props */
function CompareRow({ row, base }) {
  const deltas = deltasOf(row.values, base);
  const first = JSON.stringify(row.values[base] ?? null);
  return html`<tr class=${row.differs ? "differs" : ""} data-row=${row.name}>
    <th scope="row" class="row-name" title=${row.name}><span>${row.name}</span></th>
    ${row.values.map((value, at) => {
      const word = wordOf(value);
      const delta = deltas[at];
      const isOther = row.differs && at !== base && JSON.stringify(value ?? null) !== first;
      return html`<td key=${at} class=${`${typeof value === "number" ? "number" : ""} ${at === base ? "is-baseline" : ""} ${isOther ? "is-other" : ""}`}>
        <span class="value" title=${typeof value === "number" ? String(value) : word}>${word || html`<span class="none" title="says nothing">–</span>`}</span>
        ${delta && html`<span class="delta"><span>${delta.text}${delta.relative && html` <span class="relative">${delta.relative}</span>`}</span>
          <span class="delta-bar" aria-hidden="true"><span class=${delta.isMore ? "more" : "less"} style=${{ width: `${Math.max(2, delta.share * 50)}%` }}></span></span></span>`}
      </td>`;
    })}
  </tr>`;
}
