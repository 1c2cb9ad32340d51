/** Above the plots: which runs, what they are judged by, what is brushed, and where to go with it. */

import { html } from "htm/preact";

import { formatCount, formatNumber } from "trialog/logic/formats.js";
import { brushFilter, brushWords } from "trialog/logic/brushes.js";
import { both } from "trialog/logic/operands.js";
import { joinList, projectPath } from "trialog/logic/url.js";
import { bound, brush, brushes, clearBrushes, columns, goal, isBrushed, isInverted, kept, keptCount, objective, ranked, sweep, top, where } from "trialog/pages/sweep/state.js";
import { Icon } from "trialog/parts/icons.js";
import { go, place, setState } from "trialog/shell/router.js";

const MOST_COMPARED = 20;

/** The header. */
export function SweepHead() {
  const known = sweep.value;
  const total = known?.total ?? 0;
  const shown = known?.runs.length ?? 0;
  return html`<header class="sweep-head">
    <h1>Sweep${known && html` <span class="soft">${shown < total ? `the newest ${formatNumber(shown)} of ${formatCount(total, "run")}` : formatCount(total, "run")}</span>`}</h1>
    <form class="sweep-filter" onSubmit=${(/** @type {any} */ event) => { event.preventDefault(); setState({ where: event.target.elements.where.value.trim(), runs: "", b: "" }); }}>
      <input name="where" type="search" aria-label="Filter runs" placeholder="Filter runs, as in lr < 0.01" spellcheck=${false} autocomplete="off" value=${where.value} data-testid="where"
        onSearch=${(/** @type {any} */ event) => { if (event.target.value === "" && where.value) { setState({ where: "" }); } }} /></form>
    ${known && shown > 0 && html`<${Judging} />`}
    ${known && shown > 0 && html`<${Brushed} />`}
  </header>`;
}

function Judging() {
  const known = /** @type {import("trialog/api.d.ts").Sweep} */ (sweep.value);
  const choices = known.choices.includes(known.objective) || !known.objective ? known.choices : [known.objective, ...known.choices];
  return html`<div class="sweep-tools">
    <label>Objective <select value=${known.objective} data-testid="objective" onChange=${(/** @type {any} */ event) => setState({ objective: event.target.value, goal: "" })}>
      ${choices.length === 0 && html`<option value="">no metric</option>`}
      ${choices.map((each) => html`<option key=${each} value=${each}>${each}</option>`)}</select></label>
    <div class="goal-switch" role="group" aria-label="What is better">${/** @type {const} */ (["max", "min"]).map((each) => html`<button key=${each} aria-pressed=${goal.value === each} data-testid=${`goal-${each}`}
      onClick=${() => setState({ goal: each })}><${Icon} name=${each === "max" ? "up" : "down"} />${each === "max" ? "More is better" : "Less is better"}</button>`)}</div>
    <label>Best <input type="number" min="1" max="99" step="1" aria-label="Keep the best so many percent" placeholder="100" value=${top.value ?? ""} data-testid="top" onChange=${(/** @type {any} */ event) => setState({ top: event.target.value })} /> %</label>
  </div>`;
}

function Brushed() {
  const count = keptCount.value;
  const all = sweep.value?.runs.length ?? 0;
  const compared = Math.min(count, MOST_COMPARED);
  return html`<div class="sweep-brushed">
    <span role="status" data-testid="brushed"><strong>${formatNumber(count)}</strong> of ${formatCount(all, "run")}</span>
    ${[...brushes.value].map(([id, each]) => html`<span key=${id} class="brush-chip"><span class="cut">${columns.value.get(id)?.title ?? id}: ${brushWords(each)}</span><button class="quiet" aria-label=${`Clear the brush of ${id}`} onClick=${() => brush({ [id]: null })}><${Icon} name="close" /></button></span>`)}
    ${top.value !== null && html`<span class="brush-chip"><span>best ${top.value} %</span><button class="quiet" aria-label="Clear the best share" onClick=${() => setState({ top: "" })}><${Icon} name="close" /></button></span>`}
    ${isBrushed.value && html`<button aria-pressed=${isInverted.value} onClick=${() => setState({ not: isInverted.value ? "" : "1" })} data-testid="invert">Invert</button>
      <button onClick=${clearBrushes} data-testid="clear">Clear</button>`}
    <span class="sweep-go"><button onClick=${openTable} disabled=${count === 0} data-testid="to-table"><${Icon} name="table" />${isBrushed.value ? `Open ${formatCount(count, "run")} in the table` : "Open the table"}</button>
      <button onClick=${openCompare} disabled=${count < 2} data-testid="to-compare"><${Icon} name="columns" />${count > MOST_COMPARED ? `Compare the best ${MOST_COMPARED}` : `Compare ${formatNumber(compared)}`}</button></span>
  </div>`;
}

/** The runs that are brushed, by a filter that says the same. */
function openTable() {
  const more = brushFilter({ brushes: brushes.value, columnOf: (id) => columns.value.get(id) ?? null, objective: objective.value, goal: goal.value, bound: bound.value, isInverted: isInverted.value });
  const { namespace, project } = place.value;
  go(projectPath(namespace, project), { where: both(where.value, more), sort: objective.value ? `${goal.value === "max" ? "-" : ""}${objective.value}` : "" });
}

function openCompare() {
  const { namespace, project } = place.value;
  const runs = sweep.value?.runs ?? [];
  const ids = ranked.value.slice(0, MOST_COMPARED).filter((at) => kept.value[at]).map((at) => runs[at].id);
  go(`${projectPath(namespace, project)}/compare`, { runs: joinList(ids) });
}
