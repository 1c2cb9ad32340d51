/** The run's first curves, small, all in one request: each leads to its chart. */

import { html } from "htm/preact";
import { useMemo } from "preact/hooks";

import { getBytes } from "trialog/data/api.js";
import { decodeChart } from "trialog/logic/chartdata.js";
import { formatCount } from "trialog/logic/formats.js";
import { formatLayout, plainLayout } from "trialog/logic/panels.js";
import { sparklinesOf } from "trialog/logic/sparkline.js";
import { placeUrl, runPath } from "trialog/logic/url.js";
import { useAsked } from "trialog/pages/run/state.js";
import { Failure, Waiting } from "trialog/parts/states.js";

const MOST = 6;
const SIZE = { width: 220, height: 44 };

/** @typedef {import("trialog/pages/run/state.js").Run} Run */

/** The part; nothing for a run without metrics. @param {{run: Run}} props */
export function FirstCurves({ run }) {
  const { metrics } = run.counts;
  const path = runPath(run.head, "charts");
  return metrics > 0 && html`<section class="panel part-panel" aria-label="Curves" data-testid="first-curves">
    <div class="part-head"><h2>Curves ${metrics > MOST && html`<span class="soft">the first ${MOST}</span>`}</h2><a href=${path}>${metrics === 1 ? "the chart" : `all ${formatCount(metrics, "chart")}`}</a></div>
    <${Curves} path=${path} /></section>`;
}

/** @param {{path: string}} props path: of the charts */
function Curves({ path }) {
  const { data, failure, again } = useAsked("/curves", { count: MOST, pixels: SIZE.width }, getChart);
  const curves = useMemo(() => (data ? [...sparklinesOf(data, SIZE, "label")] : []), [data]);
  if (failure) {
    return html`<${Failure} error=${failure} again=${again} />`;
  }
  if (!data) {
    return html`<${Waiting} what="the curves" />`;
  }
  return html`<ul class="first-curves">${curves.map(([metric, curve]) => html`<li class="small-curve" key=${metric}>
    <a href=${placeUrl(path, { panels: formatLayout({ ...plainLayout(), pinned: [metric] }) })} data-metric=${metric} title=${`The chart of ${metric}`}>
      <b class="cut">${metric}</b> <span class="soft cut">${curve.words}</span>
      <svg viewBox=${`0 0 ${SIZE.width} ${SIZE.height}`} preserveAspectRatio="none" aria-hidden="true"><path d=${curve.path} /></svg></a></li>`)}</ul>`;
}

/** @param {string} path @param {any} query @param {AbortSignal} abort */
async function getChart(path, query, abort) {
  return decodeChart(await getBytes(path, query, abort));
}
