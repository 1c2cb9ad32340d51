/** What can be done with the runs that are ticked. */

import { html } from "htm/preact";

import { isLookOnly, LOOK_ONLY } from "trialog/data/server.js";
import { formatCount, formatNumber } from "trialog/logic/formats.js";
import { compareRuns, exportRuns, NO_CHANGES, openSweep } from "trialog/pages/project/actions.js";
import { changeRuns, question } from "trialog/pages/project/changes.js";
import { selectAll } from "trialog/pages/project/keys.js";
import { selection } from "trialog/pages/project/selection.js";
import { Icon } from "trialog/parts/icons.js";
import { Menu } from "trialog/parts/menu.js";

/** The bar; only where runs are ticked. */
export function BulkBar() {
  const ids = [...selection.selected.value];
  const total = selection.total.value ?? 0;
  if (ids.length === 0) {
    return null;
  }
  const name = ids.length === 1 ? (selection.order.value ?? []).find((run) => run.id === ids[0])?.name ?? "" : "";
  /** @param {"tag" | "rename" | "describe" | "delete" | "cancel"} kind */
  const ask = (kind) => () => { question.value = { kind, ids, name }; };
  return html`<div class="bulk" role="toolbar" aria-label="Selected runs" data-testid="bulk">
    <strong>${formatCount(ids.length, "run")} selected</strong>
    ${ids.length < total && html`<button class="link" data-testid="select-all" onClick=${selectAll} title="Select all that match">all ${formatNumber(total)}</button>`}
    <button onClick=${() => compareRuns(ids)} disabled=${ids.length > 200} title=${ids.length > 200 ? "200 runs can be compared at most" : "Compare (c)"}><${Icon} name="columns" />Compare</button>
    <button onClick=${ask("tag")} data-testid="bulk-tag" disabled=${isLookOnly.value} title=${isLookOnly.value ? LOOK_ONLY : ""}><${Icon} name="tag" />Tag</button>
    <${Menu} label="More for the selected runs" icon="more" testid="bulk-more" items=${[
      { label: "Sweep page", icon: "chart", act: () => openSweep(ids), isOff: ids.length > 500 },
      { label: "Save as CSV", icon: "download", act: () => { exportRuns("csv", ids); } },
      { label: "Save as Parquet", icon: "download", act: () => { exportRuns("parquet", ids); } },
      ...(isLookOnly.value ? [NO_CHANGES] : [
        { label: "Rename …", act: ask("rename"), isOff: ids.length !== 1 || !name },
        { label: "Describe …", act: ask("describe") },
        { label: "Ask to stop …", icon: "stop", act: ask("cancel") },
        { label: "Restore", icon: "check", act: () => { changeRuns(ids, { restore: true }, "restored"); } },
        { label: "Delete …", icon: "trash", isDanger: true, act: ask("delete") },
      ]),
    ]} />
    <button class="quiet" aria-label="Select none" title="Select none" onClick=${() => { selection.selected.value = new Set(); }}><${Icon} name="close" /></button>
  </div>`;
}
