/** Which parameters matter, with how sure that is: bars, which are a table. */

import { html } from "htm/preact";
import { useState } from "preact/hooks";

import { formatCount, formatNumber } from "trialog/logic/formats.js";
import { importanceFailure, importances, objective } from "trialog/pages/sweep/state.js";
import { Figure } from "trialog/plots/figure.js";
import { Failure, Waiting } from "trialog/parts/states.js";
import { setState } from "trialog/shell/router.js";

const FIRST = 10;

/** The part. */
export function ImportanceBars() {
  const found = importances.value;
  return html`<${Figure} title="What matters" note=${found && found.parameters.length > 0 ? explained(found) : null}>
    ${importanceFailure.value ? html`<${Failure} error=${importanceFailure.value} />`
      : !found ? html`<${Waiting} what="importances" />`
      : found.parameters.length === 0 ? html`<p class="state" data-testid="importance-note">${found.note ?? "Nothing can be told."}</p>`
      : html`<${Bars} parameters=${found.parameters} />`}
  </${Figure}>`;
}

/** @param {{parameters: import("trialog/api.d.ts").SweepImportance[]}} props */
function Bars({ parameters }) {
  const [isAll, setAll] = useState(false);
  const most = Math.max(...parameters.map((each) => each.share + each.spread), 1e-9);
  const shown = isAll ? parameters : parameters.slice(0, FIRST);
  return html`<table class="importances" data-testid="importances">
    <thead><tr><th scope="col">parameter</th><th scope="col"><span class="unseen">bar</span></th><th scope="col">share</th><th scope="col" title="Spearman's rank correlation with the objective">correlation</th></tr></thead>
    <tbody>${shown.map((each) => html`<tr key=${each.name}>
      <th scope="row"><button class="link cut" title=${`${each.name}: show in the scatter`} onClick=${() => setState({ x: each.name, y: "" })}>${each.name}</button></th>
      <td class="bar-cell" aria-hidden="true"><span class="share-bar" style=${{ width: `${(each.share / most) * 100}%` }}></span>
        <span class="whisker" style=${{ left: `${(Math.max(0, each.share - each.spread) / most) * 100}%`, width: `${((Math.min(each.share, each.spread) + each.spread) / most) * 100}%` }}></span></td>
      <td class="number">${formatNumber(Math.round(each.share * 100))} % <span class="soft">± ${formatNumber(Math.round(each.spread * 100))}</span></td>
      <td class="number">${each.correlation === null ? html`<span class="soft">–</span>` : `${each.correlation > 0 ? "+" : each.correlation < 0 ? "−" : ""}${Math.abs(each.correlation).toFixed(2)}`}</td>
    </tr>`)}</tbody>
  </table>
  ${parameters.length > FIRST && html`<button class="link" onClick=${() => setAll(!isAll)}>${isAll ? `The first ${FIRST}` : `All ${formatNumber(parameters.length)}`}</button>`}`;
}

/** @param {import("trialog/api.d.ts").SweepImportances} found */
function explained({ explained: share, runs }) {
  const learned = `Learned by a random forest from ${formatCount(runs, "run")}.`;
  if (share === null) {
    return learned;
  }
  const percent = Math.round(Math.max(0, share) * 100);
  if (share < 0.1) {
    return `${learned} It explains next to nothing of ${objective.value} (${percent} %): these shares mean little.`;
  }
  return `${learned} It explains ${percent} % of how ${objective.value} varies in runs it has not seen${share < 0.5 ? ": take the shares as a hint" : ""}.`;
}
