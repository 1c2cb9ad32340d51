/** Above the table: the filter, statuses to filter by, groups, columns, views, and what is shown beside what. */

import { html } from "htm/preact";

import { formatNumber } from "trialog/logic/formats.js";
import { both, isValue, pythonCall, splitChip } from "trialog/logic/operands.js";
import { copy, exportRuns, linkHere, openSweep } from "trialog/pages/project/actions.js";
import { FilterBar } from "trialog/pages/project/filterbar.js";
import { counts, overview } from "trialog/pages/project/overview.js";
import { ColumnPicker } from "trialog/pages/project/picker.js";
import { selection } from "trialog/pages/project/selection.js";
import { ViewsMenu } from "trialog/pages/project/views.js";
import { view } from "trialog/pages/project/wishes.js";
import { Icon } from "trialog/parts/icons.js";
import { Menu } from "trialog/parts/menu.js";
import { StatusBadge } from "trialog/parts/status.js";
import { setState } from "trialog/shell/router.js";

const ORDER = ["RUNNING", "PENDING", "CANCELING", "CRASHED", "FAILED", "INTERRUPTED", "CANCELED", "COMPLETED"];
const VIEWS = [["split", "columns", "Table and charts"], ["table", "table", "Table alone"], ["charts", "chart", "Charts alone"]];

/** The header. */
export function Header() {
  const known = overview.value;
  return html`<header class="project-head">
    <h1 class="unseen">${known?.project_name ?? selection.project.value}</h1>
    <${FilterBar} />
    <div class="project-tools">
      <${Chips} />
      <${GroupChoice} />
      <${ColumnPicker} />
      <${ViewsMenu} />
      <${Menu} label="Copy, save, go on" icon="more" align="end" testid="more" items=${[
        { label: "Copy as Python", icon: "copy", act: () => copy(pythonCall(selection.project.value, selection.where.value, selection.sort.value), "Python") },
        { label: "Copy link", icon: "link", act: () => copy(linkHere(), "Link") },
        { label: "Save as CSV", icon: "download", act: () => { exportRuns("csv", null); } },
        { label: "Save as Parquet", icon: "download", act: () => { exportRuns("parquet", null); } },
        { label: "Sweep page of these runs", icon: "chart", act: () => openSweep([]) },
      ]} />
      <div class="switch" role="group" aria-label="What is shown">${VIEWS.map(([name, icon, label]) => html`<button key=${name} aria-pressed=${view.value === name} aria-label=${label} title=${label}
        data-testid=${`view-${name}`} onClick=${() => setState({ view: name === "split" ? "" : name })}><${Icon} name=${icon} /></button>`)}</div>
    </div>
  </header>`;
}

/** How many runs the filter finds of each status; a press finds these alone, another one all of them again. */
function Chips() {
  const known = counts.value ?? overview.value;
  const { rest, chip } = splitChip(selection.where.value);
  /** @param {string} condition */
  const press = (condition) => ({ "aria-pressed": chip === condition, onClick: () => setState({ where: chip === condition ? rest : both(rest, condition) }) });
  const statuses = ORDER.map((status) => ({ status, amount: known?.statuses[status] ?? 0, condition: isValue("status", status.toLowerCase()) }))
    .filter(({ amount, condition }) => amount > 0 || chip === condition);
  const deleted = known?.deleted ?? 0;
  return html`<div class="chips" role="group" aria-label="Filter by status">
    ${statuses.map(({ status, amount, condition }) => html`<button key=${status} class="status-chip" ...${press(condition)} data-testid=${`status-${status}`}>
      <${StatusBadge} status=${status} /><span>${formatNumber(amount)}</span></button>`)}
    ${(deleted > 0 || chip === "deleted") && html`<button class="status-chip" ...${press("deleted")}><${Icon} name="trash" />${formatNumber(deleted)} deleted</button>`}</div>`;
}

function GroupChoice() {
  const known = overview.value;
  const now = selection.group.value;
  const choices = [...(known?.parameters ?? []).map((each) => [each.text, each.name]), ["status", "status"], ["tags", "tags"], ["host", "host"], ["username", "username"], ["experiment", "experiment"]];
  const isOther = now !== "" && !choices.some(([text]) => text === now);
  return html`<label class="group-choice"><span>Group by</span><select value=${now} data-testid="group" onChange=${(/** @type {any} */ event) => setState({ group: event.target.value })}>
    <option value="">nothing</option>
    ${isOther && html`<option value=${now}>${now}</option>`}
    ${choices.slice(0, 200).map(([text, name]) => html`<option key=${text} value=${text}>${name}</option>`)}</select></label>`;
}
