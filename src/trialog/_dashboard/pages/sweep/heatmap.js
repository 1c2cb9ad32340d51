/** The mean outcome for each pair of values of two parameters: a table, so that everybody can read it. */

import { computed } from "@preact/signals";
import { html } from "htm/preact";

import { formatCount, formatNumber } from "trialog/logic/formats.js";
import { binsOf, heatOf, inkOn } from "trialog/logic/heat.js";
import { ColumnChoice } from "trialog/pages/sweep/pickers.js";
import { axisFor, goal, kept, objective, pair } from "trialog/pages/sweep/state.js";
import { goodColour, inksNow } from "trialog/plots/canvas.js";
import { Figure } from "trialog/plots/figure.js";
import { isDark } from "trialog/shell/theme.js";
import { setState } from "trialog/shell/router.js";

const bins = computed(() => {
  const { hx, hy } = pair.value;
  const [x, y] = [axisFor(hx, true), axisFor(hy, true)];
  return x && y ? { x: binsOf(x), y: binsOf(y) } : null;
});
const heat = computed(() => {
  const outcome = axisFor(objective.value, true);
  return bins.value && outcome && outcome.kind !== "category" ? heatOf(bins.value.x, bins.value.y, outcome.numbers, kept.value) : null;
});

/** The part. */
export function HeatMap() {
  const { hx, hy } = pair.value;
  return html`<${Figure} title="Heat map"
    tools=${html`<span class="sheet-tools"><${ColumnChoice} label="Columns of the heat map" value=${hx} isParameter=${true} onChange=${(/** @type {string} */ id) => setState({ hx: id })} />
      <${ColumnChoice} label="Rows of the heat map" value=${hy} isParameter=${true} onChange=${(/** @type {string} */ id) => setState({ hy: id })} /></span>`}
    note=${heat.value ? `Mean of ${objective.value} in each cell, with the number of runs. ${formatCount(heat.value.count, "run")} in all.` : null}>
    ${heat.value && bins.value && heat.value.count > 0 ? html`<${Cells} hx=${hx} hy=${hy} heat=${heat.value} bins=${bins.value} />`
      : html`<p class="state">${!hy || hx === "" ? "It needs two parameters that differ." : heat.value ? "No brushed run has all three values." : "There is no objective of numbers."}</p>`}
  </${Figure}>`;
}

/**
 * @param {{hx: string, hy: string, heat: ReturnType<typeof heatOf>, bins: {x: import("trialog/logic/heat.js").Bins, y: import("trialog/logic/heat.js").Bins}}} props
 */
function Cells({ hx, hy, heat: { cells, lo, hi }, bins: { x, y } }) {
  const inks = { ...inksNow(), isDark: isDark.value };
  const rows = cells.map((row, at) => ({ row, at })).reverse(); // what is more stands above, as in a scatter
  return html`<div class="heat-scroll" tabindex="0" role="group" aria-label=${`Heat map of ${hx} and ${hy}`}><table class="heat" data-testid="heat">
    <caption class="unseen">Mean of ${objective.value} by ${hy} (rows) and ${hx} (columns)</caption>
    <tbody>${rows.map(({ row, at }) => html`<tr key=${at}><th scope="row" title=${y.texts[at]}>${y.texts[at]}</th>
      ${row.map((cell, column) => {
        if (!cell.count) {
          return html`<td key=${column} class="none"><span class="unseen">no runs</span></td>`;
        }
        const share = hi === lo ? 0.5 : (cell.mean - lo) / (hi - lo);
        const colour = goodColour(goal.value === "max" ? share : 1 - share, inks);
        return html`<td key=${column} class=${`ink-${inkOn(colour)}`} style=${{ background: colour }} title=${`${hx} ${x.texts[column]}, ${hy} ${y.texts[at]}: mean ${formatNumber(cell.mean)} of ${formatCount(cell.count, "run")}`}>
          ${formatNumber(cell.mean, 3)}<small>${cell.count}</small></td>`;
      })}</tr>`)}
    <tr class="heat-foot"><td></td>${x.texts.map((text, column) => html`<th key=${column} scope="col" title=${text}>${x.shorts[column]}</th>`)}</tr></tbody>
  </table><p class="heat-names soft"><span class="cut">↑ ${hy}</span><span class="cut">${hx} →</span></p></div>`;
}
