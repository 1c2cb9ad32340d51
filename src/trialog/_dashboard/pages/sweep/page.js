/** A sweep: parameters against what the runs came to, in plots that share one brush. */

import { html } from "htm/preact";
import { useEffect } from "preact/hooks";

import { BestRuns } from "trialog/pages/sweep/best.js";
import { SweepHead } from "trialog/pages/sweep/head.js";
import { HeatMap } from "trialog/pages/sweep/heatmap.js";
import { ImportanceBars } from "trialog/pages/sweep/importance.js";
import { AllAxes, History, PairScatter } from "trialog/pages/sweep/linked.js";
import { loadAgain, loadImportances, loadSweep } from "trialog/pages/sweep/loading.js";
import { failure, forget, onlyRuns, project, query, sweep, wish } from "trialog/pages/sweep/state.js";
import { FloatingMenu } from "trialog/parts/floating.js";
import { Empty, Failure, Waiting } from "trialog/parts/states.js";
import { followProject } from "trialog/shell/following.js";
import { place, setState } from "trialog/shell/router.js";
import { documentTitle } from "trialog/shell/titles.js";

const POINTS_MS = 5000; // between two looks while runs only log points

/** The page. */
export function Page() {
  const isHere = place.value.page === "sweep";
  const [wanted, asked] = [wish.value, query.value];
  useEffect(() => {
    const abort = new AbortController();
    if (isHere) {
      loadSweep(abort.signal);
    }
    return () => abort.abort();
  }, [wanted]);
  useEffect(() => {
    const abort = new AbortController();
    if (isHere) {
      loadImportances(abort.signal);
    }
    return () => abort.abort();
  }, [asked]);
  useEffect(() => {
    documentTitle.value = `Sweep · ${project.value}`;
  }, [project.value]);
  useEffect(() => forget, []);
  useEffect(() => followProject({
    project: () => project.peek(), act: loadAgain, pause: POINTS_MS,
    concerns: (runs) => { const only = onlyRuns.peek(); return only === null || runs.some((run) => only.includes(run.id)); },
  }), []);
  const known = sweep.value;
  const state = failure.value ? "error" : !known ? "loading" : known.runs.length ? "ready" : "empty";
  return html`<div class="sweep-page" data-state=${state}>
    <${SweepHead} />
    ${failure.value ? html`<${Failure} error=${failure.value} />`
      : !known ? html`<${Waiting} what="the sweep" />`
      : !known.runs.length ? html`<${Empty} title="No run is like that"><button onClick=${() => setState({ where: "", runs: "" })}>Look at all runs of the project</button></${Empty}>`
      : html`<${Content} />`}
    <${FloatingMenu} />
  </div>`;
}

function Content() {
  const known = /** @type {import("trialog/api.d.ts").Sweep} */ (sweep.value);
  if (!known.columns.length) {
    return html`<div class="panel"><${Empty} title=${known.runs.length === 1 ? "One run is no sweep yet" : "No parameter differs between these runs"}>
      <span>${known.runs.length === 1 ? "Run it again with other parameters; the plots appear with the second run." : "Plots of parameters need runs that were given different ones."}</span></${Empty}></div>
    ${known.objective && html`<${History} />`}<${BestRuns} />`;
  }
  return html`<${AllAxes} />
    <div class="sweep-grid">
      <${PairScatter} /><${ImportanceBars} />
      <${HeatMap} /><${History} />
    </div>
    <${BestRuns} />`;
}
