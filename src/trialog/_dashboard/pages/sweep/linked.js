/** The plots that share the brush: all axes at once, two of them, and the history. */

import { computed } from "@preact/signals";
import { html } from "htm/preact";

import { axisOf } from "trialog/logic/axes.js";
import { formatCount, formatNumber } from "trialog/logic/formats.js";
import { wordOf } from "trialog/logic/sidebyside.js";
import { AxisHeads } from "trialog/pages/sweep/heads.js";
import { AxisPicker, ColumnChoice } from "trialog/pages/sweep/pickers.js";
import { Ranges } from "trialog/pages/sweep/ranges.js";
import {
  axes, axisFor, brush, brushes, columns, flipped, goal, goodness, hovered, isBrushed, kept, keptCount, objective, pair, ranked, sweep,
} from "trialog/pages/sweep/state.js";
import { Figure } from "trialog/plots/figure.js";
import { Legend } from "trialog/plots/legend.js";
import { Parallel } from "trialog/plots/parallel.js";
import { Scatter } from "trialog/plots/scatter.js";
import { setState } from "trialog/shell/router.js";

const onHover = (/** @type {number} */ at) => { hovered.value = at; };

/** What the best of the runs that are kept is, in words. */
const bestWords = computed(() => {
  const at = ranked.value[0];
  const known = sweep.value;
  return known && at !== undefined && known.outcomes[at] !== null ? ` Best: ${known.runs[at].name}, ${objective.value} ${wordOf(known.outcomes[at])}.` : "";
});
const keptWords = computed(() => {
  const all = formatCount(kept.value.length, "run");
  return isBrushed.value ? `${formatNumber(keptCount.value)} of ${all} brushed` : all;
});

/** Parallel coordinates. */
export function AllAxes() {
  const shown = axes.value;
  const known = /** @type {import("trialog/api.d.ts").Sweep} */ (sweep.value);
  const summary = `Parallel coordinates of ${keptWords.value} over ${shown.map((axis) => axis.title).join(", ")}.${bestWords.value}`;
  return html`<${Figure} title="Parameters and outcome" kind="sheet-wide"
    tools=${html`<span class="sheet-tools"><${Legend} axis=${axisFor(objective.value, true)} goal=${goal.value} /><${AxisPicker} /></span>`}
    table=${{ columns: ["run", ...shown.map((axis) => axis.title)], count: known.runs.length, cells: (/** @type {number} */ at) => [known.runs[at].name, ...shown.map((axis) => wordOf(axis.values[at]))] }}
    note="Drag along an axis to brush it, click it to clear; drag a name to move its axis, press it for more.">
    <${Parallel} axes=${shown} flipped=${flipped.value} kept=${kept.value} isBrushed=${isBrushed.value} goodness=${goodness.value} hovered=${hovered.value} brushes=${brushes.value}
      summary=${summary} onBrush=${brush} onHover=${onHover} headsOf=${(/** @type {(at: number) => number} */ xOf) => html`<${AxisHeads} axes=${shown} xOf=${xOf} />`} />
    <${Hovered} />
    <${Ranges} />
  </${Figure}>`;
}

/** The run under the pointer. */
function Hovered() {
  const known = sweep.value;
  const at = hovered.value;
  const run = known?.runs[at];
  return html`<p class="sheet-hovered" data-testid="hovered" aria-hidden=${!run}>${run ? html`<strong class="cut">${run.name}</strong>
    ${axes.value.map((axis) => html`<span key=${axis.id} class="cut"><span class="soft">${axis.title}</span> ${wordOf(axis.values[at]) || "–"}</span>`)}` : html`<span class="soft">${keptWords.value}</span>`}</p>`;
}

/** Any two against each other. */
export function PairScatter() {
  const known = /** @type {import("trialog/api.d.ts").Sweep} */ (sweep.value);
  const { x, y } = pair.value;
  const [xAxis, yAxis] = [axisFor(x, true), axisFor(y, true)];
  return html`<${Figure} title="Scatter"
    tools=${html`<span class="sheet-tools"><${ColumnChoice} label="Across" value=${x} onChange=${(/** @type {string} */ id) => setState({ x: id })} />
      <${ColumnChoice} label="Upwards" value=${y} onChange=${(/** @type {string} */ id) => setState({ y: id })} /></span>`}
    table=${{ columns: ["run", x, y, objective.value].filter((each, at, all) => each && all.indexOf(each) === at), count: known.runs.length,
      cells: (/** @type {number} */ at) => [known.runs[at].name, ...[x, y, objective.value].filter((each, place, all) => each && all.indexOf(each) === place).map((id) => wordOf(columns.value.get(id)?.values[at]))] }}>
    ${xAxis && yAxis ? html`<${Scatter} x=${xAxis} y=${yAxis} kept=${kept.value} goodness=${goodness.value} hovered=${hovered.value} testid="scatter"
      summary=${`Scatter of ${keptWords.value}: ${x} across, ${y} upwards.${bestWords.value}`} onHover=${onHover} onBrush=${brush} />` : html`<p class="state">Choose two columns.</p>`}
  </${Figure}>`;
}

const numberAxis = computed(() => axisOf({ id: " order", title: "run", text: "", values: (sweep.value?.runs ?? []).map((_, at) => at + 1), isNumeric: true }, { kind: "linear" }));
const soFar = computed(() => /** @type {(number | null)[]} */ (sweep.value?.best_so_far ?? []));

/** Best so far. */
export function History() {
  const known = /** @type {import("trialog/api.d.ts").Sweep} */ (sweep.value);
  const axis = axisFor(objective.value, true);
  const last = soFar.value[soFar.value.length - 1];
  const first = soFar.value.findIndex((value) => value === last);
  return html`<${Figure} title="Best so far" note=${axis && axis.kind !== "category" && first >= 0 && typeof last === "number" ? `Runs in the order they began. The best, ${formatNumber(last)}, was run ${formatNumber(first + 1)} of ${formatNumber(known.runs.length)}.` : null}
    table=${{ columns: ["number", "run", objective.value || "outcome", "best so far"], count: known.runs.length, cells: (/** @type {number} */ at) => [String(at + 1), known.runs[at].name, wordOf(known.outcomes[at]), wordOf(known.best_so_far[at])] }}>
    ${axis && axis.kind !== "category" ? html`<${Scatter} x=${numberAxis.value} y=${axis} kept=${kept.value} goodness=${goodness.value} hovered=${hovered.value} testid="history" line=${soFar.value}
      summary=${`History of ${formatCount(known.runs.length, "run")}: ${objective.value} of each in the order they began, and the best so far.${bestWords.value}`} onHover=${onHover} />`
      : html`<p class="state">${objective.value ? "The objective is no number." : "No run has logged a metric."}</p>`}
  </${Figure}>`;
}
