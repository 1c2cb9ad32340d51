/** Why a run ended as it did: the reason, the line of code, the last lines, what was different before. */

import { html } from "htm/preact";

import { formatAge, formatTime } from "trialog/logic/formats.js";
import { runPath } from "trialog/logic/url.js";
import { Curve } from "trialog/pages/run/curve.js";
import { LastLines } from "trialog/pages/run/lines.js";
import { CopyButton } from "trialog/parts/copy.js";
import { Icon } from "trialog/parts/icons.js";

/** @typedef {import("trialog/pages/run/state.js").Run} Run */
/** @typedef {import("trialog/api.d.ts").DifferenceArea} Area */

/** @param {{run: Run}} props */
export function End({ run }) {
  const { head, end } = run;
  const { exception, place } = end;
  const isTrouble = run.is_ended && head.status !== "COMPLETED";
  if (!isTrouble && !head.reason && run.is_ended) {
    return null;
  }
  const word = head.status.toLowerCase();
  const title = head.reason ?? (exception ? `${exception.type}: ${exception.message}` : "");
  return html`<section class=${`panel end end-${word}`} aria-label="How it ended" data-testid="end">
    <h2 class=${`end-reason status-${word}`}><${Icon} name=${word} /><span>${title || `It is ${word}.`}</span></h2>
    ${exception && !isTold(exception, title) && html`<p class="end-message"><b>${exception.type}</b> ${exception.message}</p>`}
    ${place && html`<p class="end-place">at <code>${place.path}:${place.line}</code>${place.function && place.function !== "<module>" && html` in <code>${place.function}</code>`}</p>
      ${place.text && html`<pre class="end-code" tabindex="0" aria-label="The line of code">${place.text}</pre>`}`}
    <${Facts} run=${run} />
    ${end.lines.length > 0 && html`<h3>Last lines <a class="beside" href=${`${runPath(head, "console")}?end=1`}>all of the console</a></h3><${LastLines} lines=${end.lines} />`}
    ${exception?.traceback && html`<${Folded} title="Whole traceback" text=${exception.traceback} />`}
    ${end.fault && html`<${Folded} title="Where each thread was" text=${end.fault} />`}
    ${end.curves.length > 0 && html`<h3>Memory and GPU</h3><div class="end-curves">${end.curves.map((curve) => html`<${Curve} key=${curve.metric} curve=${curve} />`)}</div>`}
    ${end.before && html`<${Differences} run=${run} />`}
  </section>`;
}

/**
 * @param {{type: string, message: string}} exception
 * @param {string} title
 */
function isTold(exception, title) {
  return title.includes(exception.message.split("\n")[0] || exception.type);
}

/** @param {{run: Run}} props */
function Facts({ run }) {
  const { end, head } = run;
  const { blamed } = end;
  /** @type {[string, unknown][]} */
  const facts = [];
  if (end.signal && !head.reason?.includes(end.signal)) {
    facts.push(["signal", end.signal]);
  }
  if (end.exit_code !== null && end.exit_code !== undefined) {
    facts.push(["exit code", end.exit_code]);
  }
  if (blamed) {
    const who = blamed.rank === null ? blamed.role : `rank ${blamed.rank}${blamed.world_size ? ` of ${blamed.world_size}` : ""}`;
    facts.push(["first to go wrong", `${who}, process ${blamed.pid} on ${blamed.host}`]);
  } else {
    facts.push(["process", `${run.pid} on ${head.host}`]);
  }
  if (!run.is_ended && end.last_point_ns) {
    facts.push(["last point", html`<span title=${formatTime(end.last_point_ns)}>${formatAge(end.last_point_ns)}</span>`]);
  }
  if (!run.is_ended && end.last_line_ns) {
    facts.push(["last line", html`<span title=${formatTime(end.last_line_ns)}>${formatAge(end.last_line_ns)}</span>`]);
  }
  return html`<dl class="facts">${facts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** @param {{title: string, text: string}} props */
function Folded({ title, text }) {
  return html`<details class="folded"><summary>${title}</summary>
    <div class="folded-text"><${CopyButton} text=${text} what="the traceback" /><pre tabindex="0" aria-label=${title}>${text}</pre></div></details>`;
}

/** @param {{run: Run}} props */
function Differences({ run }) {
  const { before, differences } = run.end;
  const total = differences.reduce((sum, area) => sum + area.total, 0);
  if (!before) {
    return null;
  }
  return html`<h3>${total ? "Differs from" : "All that was kept is as in"} <a href=${runPath(before)}>${before.name}</a>, the last run that completed</h3>
    ${differences.map((area) => html`<${AreaTable} key=${area.area} area=${area} before=${before.name} />`)}`;
}

/** @param {{area: Area, before: string}} props */
function AreaTable({ area, before }) {
  return html`<details class="folded" open=${area.total <= 12}>
    <summary>${area.area} <span class="soft">${area.total}</span></summary>
    <div class="wide-part" tabindex="0" role="group" aria-label=${`Differences of ${area.area}`}><table class="plain">
      <thead><tr><th scope="col">what</th><th scope="col">${before}</th><th scope="col">this run</th></tr></thead>
      <tbody>${area.items.map((item) => html`<tr key=${item.what}><th scope="row">${item.what}</th><${Side} text=${item.before} /><${Side} text=${item.after} /></tr>`)}</tbody>
    </table></div>
    ${area.total > area.items.length && html`<p class="soft">and ${area.total - area.items.length} more</p>`}
  </details>`;
}

/** @param {{text: string | null}} props */
function Side({ text }) {
  return html`<td>${text === null ? html`<span class="soft">not there</span>` : html`<code>${text}</code>`}</td>`;
}
