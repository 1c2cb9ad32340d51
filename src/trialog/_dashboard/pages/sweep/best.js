/** The best of the runs that are brushed. */

import { html } from "htm/preact";

import { formatCount, formatNumber } from "trialog/logic/formats.js";
import { wordOf } from "trialog/logic/sidebyside.js";
import { runPath } from "trialog/logic/url.js";
import { axes, goodness, hovered, keptCount, objective, ranked, sweep } from "trialog/pages/sweep/state.js";
import { goodColour, inksNow } from "trialog/plots/canvas.js";
import { StatusBadge } from "trialog/parts/status.js";
import { isDark } from "trialog/shell/theme.js";

const MOST = 50;

/** The table. */
export function BestRuns() {
  const known = sweep.value;
  const places = ranked.value.slice(0, MOST);
  const shown = axes.value.filter((axis) => axis.id !== objective.value);
  const inks = { ...inksNow(), isDark: isDark.value };
  if (!known || !places.length) {
    return html`<section class="panel sheet"><p class="state">The brushes keep no run.</p></section>`;
  }
  return html`<section class="panel sheet" aria-labelledby="best-runs"><div class="sheet-head"><h2 id="best-runs">Best runs</h2>
      <span class="soft">${keptCount.value > MOST ? `${MOST} of ${formatCount(keptCount.value, "run")}` : formatCount(keptCount.value, "run")}</span></div>
    <div class="best-scroll" tabindex="0" role="group" aria-label="Best runs"><table class="best-runs" data-testid="best">
      <thead><tr><th scope="col">run</th><th scope="col">status</th>${objective.value && html`<th scope="col" class="number">${objective.value}</th>`}
        ${shown.map((axis) => html`<th key=${axis.id} scope="col" class=${axis.isNumeric ? "number" : ""} title=${axis.title}><span class="cut">${axis.title}</span></th>`)}</tr></thead>
      <tbody>${places.map((at) => html`<tr key=${known.runs[at].id} class=${hovered.value === at ? "is-hovered" : ""} onPointerEnter=${() => { hovered.value = at; }} onPointerLeave=${() => { hovered.value = -1; }}>
        <th scope="row"><svg class="dot" viewBox="0 0 10 10" aria-hidden="true"><circle cx="5" cy="5" r="4.5" fill=${goodColour(goodness.value[at], inks)} /></svg><a class="cut" href=${runPath(known.runs[at])} title=${known.runs[at].name}>${known.runs[at].name}</a></th>
        <td><${StatusBadge} status=${known.runs[at].status} reason=${known.runs[at].reason} /></td>
        ${objective.value && html`<td class="number"><strong>${typeof known.outcomes[at] === "number" ? formatNumber(/** @type {number} */ (known.outcomes[at])) : wordOf(known.outcomes[at]) || "–"}</strong></td>`}
        ${shown.map((axis) => html`<td key=${axis.id} class=${axis.isNumeric ? "number" : ""}><span class="cut">${typeof axis.values[at] === "number" ? formatNumber(/** @type {number} */ (axis.values[at]), 4) : wordOf(axis.values[at]) || "–"}</span></td>`)}
      </tr>`)}</tbody>
    </table></div></section>`;
}
