/** The run's curves, and those of its machine. */

import { html } from "htm/preact";
import { useEffect, useMemo } from "preact/hooks";

import { Charts as Board } from "trialog/charts/charts.js";
import { sourceOfRuns } from "trialog/charts/source.js";
import { run, useAsked } from "trialog/pages/run/state.js";
import { SummaryTable } from "trialog/pages/run/summary.js";
import { Empty, Failure } from "trialog/parts/states.js";

/** The part of what the training logged. */
export function Charts() {
  return html`<${Curves} which="metrics" />`;
}

/** The part of what the machine did. */
export function System() {
  if (!run.value?.counts.system) {
    return html`<${Empty} title="Nothing of the machine was kept."><span>${run.value?.is_ended ? "The run was too short for it, or it was switched off by" : "It may still come, unless it was switched off by"} <code>capture=</code> or <code>TRIALOG_CAPTURE</code>.</span></${Empty}>`;
  }
  return html`<${Curves} which="system" /><${SummaryTable} title="What the machine did" which="system" />`;
}

/** @param {{which: "metrics" | "system"}} props */
function Curves({ which }) {
  const { data, failure, again } = useAsked("/summary");
  const shown = run.value;
  const id = shown?.head.id ?? "";
  const project = `${shown?.head.namespace}/${shown?.head.project}`;
  const source = useMemo(() => sourceOfRuns({ project, runs: [id], metrics: null }), [id, project]);
  const rows = /** @type {import("trialog/api.d.ts").SummaryRow[] | undefined} */ (data?.[which]);
  const names = rows?.map((row) => row.name).join("\n");
  useEffect(() => {
    if (names !== undefined) {
      source.metrics.value = names ? names.split("\n") : [];
    }
  }, [names, source]);
  useEffect(() => {
    source.version.value += 1;
  }, [shown?.version, source]);
  return failure ? html`<${Failure} error=${failure} again=${again} />` : html`<${Board} key=${id + which} source=${source} />`;
}
