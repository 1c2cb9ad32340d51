/** The run's head: what it is called, how it is, what can be done; and in one line why it ended. */

import { html } from "htm/preact";
import { useState } from "preact/hooks";

import { mayChange } from "trialog/data/server.js";
import { formatAge, formatDuration, formatTime } from "trialog/logic/formats.js";
import { runPath } from "trialog/logic/url.js";
import { CancelDialog, EditDialog } from "trialog/pages/run/dialogs.js";
import { changeRun, failure } from "trialog/pages/run/state.js";
import { Tags } from "trialog/pages/run/tags.js";
import { CopyButton } from "trialog/parts/copy.js";
import { Icon } from "trialog/parts/icons.js";
import { Menu } from "trialog/parts/menu.js";
import { StatusBadge } from "trialog/parts/status.js";

/** @typedef {import("trialog/pages/run/state.js").Run} Run */

/** @param {{run: Run, isShort: boolean}} props isShort: the overview, which says all, is not shown */
export function Head({ run, isShort }) {
  const [asked, ask] = useState("");
  const { head } = run;
  const isDeleted = run.deleted_ns !== null;
  const items = [
    { label: "Rename and describe …", icon: "tag", act: () => ask("edit") },
    isDeleted
      ? { label: "Restore", icon: "check", act: restore }
      : { label: "Delete", icon: "trash", isDanger: true, act: remove },
  ];
  return html`<header class="run-head">
    ${failure.value && html`<p class="stale" role="status">News of this run cannot be had: ${String(/** @type {any} */ (failure.value).message ?? failure.value)}</p>`}
    <div class="run-title">
      <h1 class="run-name" title=${head.name}>${head.name}</h1>
      <${StatusBadge} status=${head.status} reason=${head.reason} />
      <span class="run-id"><code>${head.id}</code><${CopyButton} text=${head.id} what="the id" /></span>
      <span class="run-acts">
        ${mayChange.value && !run.is_ended && head.status !== "CANCELING" && html`<button data-testid="cancel" onClick=${() => ask("cancel")}><${Icon} name="stop" />Cancel</button>`}
        ${mayChange.value && html`<${Menu} label="Change the run" icon="more" kind="quiet" align="end" testid="run-menu" items=${items} />`}
      </span>
    </div>
    <p class="run-facts">
      <span title=${formatTime(head.created_ns)}>${run.is_ended ? `took ${formatDuration(head.duration)}` : `for ${formatDuration(head.duration)}`}</span>
      <span title=${formatTime(head.ended_ns ?? head.created_ns)}>${head.ended_ns ? `ended ${formatAge(head.ended_ns)}` : `began ${formatAge(head.created_ns)}`}</span>
      <span>host ${head.host}</span>
      <span>by ${run.user}</span>
      ${run.attempts.length > 1 && html`<span>attempt ${run.attempts.length}</span>`}
      ${run.experiment_id && html`<span>run ${run.number} of experiment <b>${run.experiment_name}</b></span>`}
      ${run.parent && html`<span>part of <a href=${runPath({ namespace: head.namespace, project: head.project, id: run.parent })}>${run.parent}</a></span>`}
    </p>
    ${run.description && html`<p class="run-description">${run.description}</p>`}
    <${Tags} tags=${head.tags} />
    ${isDeleted && html`<p class="notice" role="status"><${Icon} name="trash" />Deleted${run.deleted_by ? ` by ${run.deleted_by}` : ""} ${formatAge(Number(run.deleted_ns))}.
      ${mayChange.value && html`<button onClick=${restore}>Restore</button>`}</p>`}
    ${isShort && html`<${Reason} run=${run} />`}
    ${asked === "edit" && html`<${EditDialog} run=${run} onClose=${() => ask("")} />`}
    ${asked === "cancel" && html`<${CancelDialog} onClose=${() => ask("")} />`}
  </header>`;
}

/**
 * Why it ended, in one line.
 * @param {{run: Run}} props
 */
function Reason({ run }) {
  const { reason, status } = run.head;
  return reason && html`<p class=${`reason-line status-${status.toLowerCase()}`}><a href=${runPath(run.head)} class="cut" title=${reason}>${reason}</a></p>`;
}

function remove() {
  changeRun({ delete: true }, "The run is deleted.", restore);
}

function restore() {
  changeRun({ restore: true }, "The run is back.");
}

