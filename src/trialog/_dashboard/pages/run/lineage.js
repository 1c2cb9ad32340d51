/** Where a run comes from and what came of it: parent, children, its experiment, attempts, processes, solver calls. */

import { html } from "htm/preact";

import { formatAge, formatCount, formatDuration, formatNumber, formatTime, formatValue } from "trialog/logic/formats.js";
import { runPath } from "trialog/logic/url.js";
import { useAsked } from "trialog/pages/run/state.js";
import { Failure, Waiting } from "trialog/parts/states.js";
import { StatusBadge } from "trialog/parts/status.js";

/** @typedef {import("trialog/api.d.ts").LineageShape} Found */
/** @typedef {import("trialog/api.d.ts").RunHead} RunHead */

/** The part. */
export function Lineage() {
  const { data, failure, again } = useAsked("/lineage");
  if (failure) {
    return html`<${Failure} error=${failure} again=${again} />`;
  }
  if (!data) {
    return html`<${Waiting} what="the lineage" />`;
  }
  const found = /** @type {Found} */ (data);
  return html`<div class="lineage">
    <section class="panel part-panel" aria-label="Parent"><h2>Parent</h2>
      ${found.parent ? html`<${Runs} label="Parent" runs=${[found.parent]} />` : html`<p class="soft">${found.parent_id ? html`The run <code>${found.parent_id}</code>, which is not in this store.` : "It belongs to no other run."}</p>`}</section>
    <section class="panel part-panel" aria-label="Children"><h2>Children ${found.children.length > 0 && html`<span class="soft">${formatCount(found.children.length, "run")}</span>`}</h2>
      ${found.children.length ? html`<${Runs} label="Children" runs=${found.children} />` : html`<p class="soft">No run belongs to it.</p>`}</section>
    ${found.experiment_id && html`<section class="panel part-panel" aria-label="Experiment"><h2>Experiment ${found.experiment_name}</h2>
      <p class="soft">${found.siblings.length ? "The other runs that were recorded with it:" : "No other run was recorded with it."}</p>
      ${found.siblings.length > 0 && html`<${Runs} label="Runs of the experiment" runs=${found.siblings} />`}</section>`}
    <section class="panel part-panel" aria-label="Attempts"><h2>Attempts</h2>
      <${Table} label="Attempts" heads=${["attempt", "status", "began", "took", "points", "reason"]} rows=${found.attempts.map((each) => [
        each.attempt, html`<${StatusBadge} status=${each.status} />`, formatTime(each.created_ns), each.ended_ns ? formatDuration((each.ended_ns - each.created_ns) / 1e9) : "", formatNumber(each.points), each.reason ?? ""])} /></section>
    <section class="panel part-panel" aria-label="Processes"><h2>Processes <span class="soft">${found.writers.length}</span></h2>
      <${Table} label="Processes" heads=${["role", "rank", "status", "host", "process", "attempt", "points", "reason"]} rows=${found.writers.map((each) => [
        each.role, each.rank === null ? "" : `${each.rank}${each.world_size ? ` of ${each.world_size}` : ""}`, each.status ? html`<${StatusBadge} status=${each.status} />` : "", each.host, each.pid, each.attempt, formatNumber(each.points), each.reason ?? ""])} /></section>
    ${found.solves.length > 0 && html`<section class="panel part-panel" aria-label="Solver calls"><h2>Solver calls <span class="soft">${found.solves.length}</span></h2>
      <${Table} label="Solver calls" heads=${["call", "status", "objective", "took", "began", "options"]} rows=${found.solves.map((each) => [
        html`<span title=${each.adapter}>${each.name ?? each.kind} <span class="soft">${each.adapter.split(".").pop()}</span></span>`, each.exception ? `${each.status}: ${each.exception.type}: ${each.exception.message}` : each.status,
        formatValue(each.objective), formatDuration(each.seconds), formatTime(each.began_ns), Object.entries(each.options).map(([name, value]) => `${name}=${value}`).join(", ")])} /></section>`}
  </div>`;
}

/** @param {{label: string, runs: RunHead[]}} props */
function Runs({ label, runs }) {
  return html`<${Table} label=${label} heads=${["name", "status", "began", "took", "reason"]} rows=${runs.map((each) => [
    html`<a href=${runPath(each)}>${each.name}</a>`, html`<${StatusBadge} status=${each.status} />`, html`<span title=${formatTime(each.created_ns)}>${formatAge(each.created_ns)}</span>`, formatDuration(each.duration), each.reason ?? ""])} />`;
}

/** @param {{label: string, heads: string[], rows: unknown[][]}} props */
function Table({ label, heads, rows }) {
  return html`<div class="wide-part" tabindex="0" role="group" aria-label=${label}><table class="plain"><thead><tr>${heads.map((head) => html`<th scope="col" key=${head}>${head}</th>`)}</tr></thead>
    <tbody>${rows.map((row, at) => html`<tr key=${at}>${row.map((cell, place) => html`<td key=${place}>${cell}</td>`)}</tr>`)}</tbody></table></div>`;
}
