/** The first look at a run: why it ended, what to look at, what its metrics came to and how, what it is. */

import { html } from "htm/preact";

import { formatAge, formatDuration, formatNumber, formatTime } from "trialog/logic/formats.js";
import { runPath } from "trialog/logic/url.js";
import { End } from "trialog/pages/run/end.js";
import { FirstCurves } from "trialog/pages/run/firstcurves.js";
import { run, useAsked } from "trialog/pages/run/state.js";
import { SummaryTable } from "trialog/pages/run/summary.js";
import { CopyButton } from "trialog/parts/copy.js";
import { Icon } from "trialog/parts/icons.js";
import { StatusBadge } from "trialog/parts/status.js";

/** @typedef {import("trialog/pages/run/state.js").Run} Run */

const MOST_PARAMETERS = 40;

/** The part. */
export function Overview() {
  const shown = run.value;
  if (!shown) {
    return null;
  }
  return html`<div class="overview">
    <div class="overview-main">
      <${End} run=${shown} />
      <${Alerts} run=${shown} />
      <${SummaryTable} title="What the metrics came to" which="metrics" />
      <${FirstCurves} run=${shown} />
    </div>
    <aside class="overview-side" aria-label="Facts">
      <${Peek} run=${shown} />
      <${Facts} run=${shown} />
      <${Attempts} run=${shown} />
    </aside>
  </div>`;
}

/** @param {{run: Run}} props */
function Alerts({ run: { alerts, trouble, damages, missing, missing_since_ns: since } }) {
  if (!alerts.length && !trouble.length && !damages && !missing) {
    return null;
  }
  return html`<section class="panel part-panel" aria-label="Alerts"><h2>Alerts</h2><ul class="alerts">
    ${alerts.map((alert, at) => html`<li key=${at} class=${`alert alert-${alert.level}`}>
      <${Icon} name=${alert.level === "info" ? "help" : "crashed"} /><div><b>${alert.title}</b> <span class="soft">${alert.level}${alert.by === "user" ? "" : ", noticed by trialog"}, <span title=${formatTime(alert.time_ns)}>${formatAge(alert.time_ns)}</span></span>
      ${alert.text && html`<p class="alert-text">${alert.text}</p>`}</div></li>`)}
    ${missing > 0 && html`<li class="alert alert-error"><${Icon} name="crashed" /><div><b>${formatNumber(missing)} points could not be kept</b>${since && html` <span class="soft">since ${formatTime(since)}</span>`}</div></li>`}
    ${damages > 0 && html`<li class="alert alert-error"><${Icon} name="crashed" /><div><b>${formatNumber(damages)} places of its journals cannot be read</b></div></li>`}
    ${trouble.map((each, at) => html`<li key=${`t${at}`} class="alert alert-warning"><${Icon} name="crashed" /><div>${each.what} <span class="soft">${formatAge(each.time_ns)}</span></div></li>`)}
  </ul></section>`;
}

/**
 * The parameters, where they are few.
 * @param {{run: Run}} props
 */
function Peek({ run: { counts, head } }) {
  if (!counts.parameters) {
    return null;
  }
  return html`<section class="panel part-panel" aria-label="Parameters"><div class="part-head"><h2>Parameters</h2><a href=${runPath(head, "parameters")}>all ${formatNumber(counts.parameters)}</a></div>
    ${counts.parameters <= MOST_PARAMETERS && html`<${Few} />`}</section>`;
}

function Few() {
  const { data } = useAsked("/parameters");
  const parameters = /** @type {import("trialog/api.d.ts").ParameterShape[]} */ (data?.parameters ?? []);
  return html`<dl class="facts facts-column">${parameters.map((each) => html`<div key=${each.name}><dt title=${each.name}>${each.name}</dt><dd><code>${each.text.slice(0, 200)}</code></dd></div>`)}</dl>`;
}

/** @param {{run: Run}} props */
function Facts({ run: shown }) {
  const { head } = shown;
  /** @type {[string, unknown][]} */
  const facts = [
    ["began", formatTime(head.created_ns)],
    ["ended", head.ended_ns ? formatTime(head.ended_ns) : ""],
    ["points", formatNumber(shown.points)],
    ["host", head.host],
    ["process", shown.pid],
    ["user", shown.user],
    ["Python", shown.python],
    ["trialog", shown.trialog],
    ["experiment", shown.experiment_name && `${shown.experiment_name}, run ${shown.number}`],
    ["folder", html`<span class="with-copy"><code class="cut" title=${shown.folder}>${shown.folder.replace(/^file:\/\//, "")}</code><${CopyButton} text=${shown.folder.replace(/^file:\/\//, "")} what="the folder" /></span>`],
    ["in Python", html`<span class="with-copy"><code class="cut">trialog.get_run("${head.id}")</code><${CopyButton} text=${`trialog.get_run("${head.id}")`} what="the call" /></span>`],
    ...Object.entries(shown.annotations),
  ];
  return html`<section class="panel part-panel"><h2>Facts</h2><dl class="facts facts-column">
    ${facts.filter(([, value]) => value !== "" && value !== null && value !== undefined).map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}
  </dl></section>`;
}

/** @param {{run: Run}} props */
function Attempts({ run: { attempts } }) {
  if (attempts.length < 2) {
    return null;
  }
  return html`<section class="panel part-panel"><h2>Attempts</h2><ol class="attempts">
    ${attempts.map((each) => html`<li key=${each.attempt}><b>${each.attempt}</b> <${StatusBadge} status=${each.status} reason=${each.reason} />
      <span class="soft">${formatTime(each.created_ns)}${each.ended_ns ? `, ${formatDuration((each.ended_ns - each.created_ns) / 1e9)}` : ""}, ${formatNumber(each.points)} points</span>
      ${each.reason && html`<div>${each.reason}</div>`}</li>`)}
  </ol></section>`;
}
