/** A project or some runs in a file: a table to sort, filter and hide runs in, and their charts. */

import { computed, signal } from "@preact/signals";
import { html } from "htm/preact";
import { useMemo } from "preact/hooks";

import { Charts } from "trialog/charts/charts.js";
import { sourceOfRuns } from "trialog/charts/source.js";
import { formatCount, formatTime } from "trialog/logic/formats.js";
import { Icon } from "trialog/parts/icons.js";
import { place, setState } from "trialog/shell/router.js";
import { setTheme, theme } from "trialog/shell/theme.js";
import { recorded } from "trialog/export/recorded.js";
import { RunTable } from "trialog/export/table.js";

const hidden = signal(/** @type {ReadonlySet<string>} */ (new Set()));

/** The page. */
export function Page() {
  const { title, where, written_ns: writtenNs, version, table, metrics, columns, left_out: leftOut } = recorded();
  const source = useMemo(() => ({ ...sourceOfRuns({ project: title, runs: table.ids, metrics }), hidden: computed(() => hidden.value) }), []);
  return html`<header class="bar">
      <h1 class="crumbs"><span class="home"><${Icon} name="logo" /></span><span class="cut">${title}</span></h1>
      <div class="bar-end"><button class="quiet" onClick=${turnTheme} aria-label=${`Theme: ${theme.value}; change it`} data-testid="theme"><${Icon} name="halves" /></button></div>
    </header>
    <main id="main" class="export-page" tabindex="-1" data-state="ready">
      <p class="soft">${formatCount(table.ids.length, "run")}${where && html` where <code>${where}</code>`}, written ${formatTime(writtenNs)} by trialog ${version}.
        Curves hold the least and greatest value of each of ${columns} columns, or every point where there are fewer; zooming in shows no more than that.
        ${leftOut.length > 0 && html` Left out: ${leftOut.join("; ")}.`}</p>
      <${RunTable} source=${source} hidden=${hidden} />
      <${Look} />
      <${Charts} source=${source} isLean=${true} />
    </main>`;
}

function turnTheme() {
  setTheme(theme.value === "dark" ? "light" : "dark");
}

/** How the charts look: what a file can answer. */
function Look() {
  const { y, range, x, find } = place.value.state;
  return html`<div class="chart-controls" role="toolbar" aria-label="How charts look">
    <input type="search" class="chart-search" placeholder="Search charts" aria-label="Search charts" value=${find ?? ""}
      onInput=${(/** @type {Event} */ event) => setState({ find: /** @type {HTMLInputElement} */ (event.target).value })} />
    <label class="control"><span>x</span><select aria-label="x axis" data-testid="x-axis" value=${x ?? "step"}
      onChange=${(/** @type {Event} */ event) => setState({ x: /** @type {HTMLSelectElement} */ (event.target).value, w: null })}>
      <option value="step">step</option><option value="relative">time since start</option></select></label>
    <button aria-pressed=${y === "log"} data-testid="log-y" onClick=${() => setState({ y: y === "log" ? null : "log" })}>log y</button>
    <button aria-pressed=${range === "all"} title="Show outliers too" onClick=${() => setState({ range: range === "all" ? null : "all" })}>full range</button>
  </div>`;
}
