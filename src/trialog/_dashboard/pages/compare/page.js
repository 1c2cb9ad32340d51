/** Runs side by side: what differs, their curves, pictures, consoles and changes to the code. */

import { html } from "htm/preact";
import { useEffect } from "preact/hooks";

import { Charts } from "trialog/charts/charts.js";
import { formatCount, formatNumber } from "trialog/logic/formats.js";
import { AddRun } from "trialog/pages/compare/adding.js";
import { CodeDiff } from "trialog/pages/compare/codediff.js";
import { ConsoleDiff } from "trialog/pages/compare/consoles.js";
import { copyMarkdown, saveCsv } from "trialog/pages/compare/exports.js";
import { Pictures } from "trialog/pages/compare/pictures.js";
import { areas, chartSource, differing, failure, forget, found, ids, isAll, load, loadAgain, lost, project, rowCount, runs, search } from "trialog/pages/compare/state.js";
import { CompareTable } from "trialog/pages/compare/table.js";
import { FloatingMenu } from "trialog/parts/floating.js";
import { Icon } from "trialog/parts/icons.js";
import { Menu } from "trialog/parts/menu.js";
import { Empty, Failure, Waiting } from "trialog/parts/states.js";
import { followProject } from "trialog/shell/following.js";
import { addShortcuts } from "trialog/shell/keyboard.js";
import { setState } from "trialog/shell/router.js";
import { documentTitle } from "trialog/shell/titles.js";

const POINTS_MS = 3000; // between two looks while runs only log points

/** The page. */
export function Page() {
  const wanted = `${project.value} ${ids.value.join(",")}`;
  useEffect(() => {
    const abort = new AbortController();
    load(abort.signal);
    return () => abort.abort();
  }, [wanted]);
  useEffect(() => {
    documentTitle.value = `Compare · ${project.value}`;
  }, [project.value]);
  useEffect(() => forget, []);
  useEffect(() => followProject({
    project: () => project.peek(), concerns: (some) => some.some((run) => ids.peek().includes(run.id)), act: loadAgain, pause: POINTS_MS,
  }), []);
  useEffect(() => addShortcuts([
    { key: "d", label: "Only what differs, or all", act: turnAll },
    { key: "/", label: "Find a row", act: () => document.getElementById("compare-find")?.focus() },
  ]), []);
  const state = failure.value ? "error" : !ids.value.length ? "empty" : found.value ? "ready" : "loading";
  return html`<div class="compare-page" data-state=${state}>
    <${Head} />
    ${failure.value ? html`<${Failure} error=${failure.value} />`
      : !ids.value.length ? html`<${Empty} title="No runs are chosen"><span>Add some above, or tick runs in the project's table and press <kbd>c</kbd>.</span></${Empty}>`
      : !found.value ? html`<${Waiting} what="the runs" />`
      : html`<${Content} />`}
    <${FloatingMenu} />
  </div>`;
}

function turnAll() {
  setState({ all: isAll.value ? "" : "1" });
}

function Head() {
  const count = runs.value.length;
  return html`<header class="compare-head">
    <h1>Compare${count > 0 && html` <span class="soft">${formatCount(count, "run")}</span>`}</h1>
    <${AddRun} />
    ${count > 0 && html`<div class="compare-tools">
      <input id="compare-find" type="search" aria-label="Find rows" placeholder="Find rows" value=${search.value} data-testid="find-rows"
        onInput=${(/** @type {any} */ event) => setState({ q: event.target.value }, { replace: true })} />
      <button aria-pressed=${!isAll.value} onClick=${turnAll} title="Only what differs (d)" data-testid="only-changed"><${Icon} name="filter" />Only what differs</button>
      <${Menu} label="Copy and save" icon="more" align="end" testid="compare-more" items=${[
        { label: "Copy as Markdown table", icon: "copy", act: copyMarkdown },
        { label: "Save as CSV", icon: "download", act: saveCsv },
      ]} />
    </div>`}
  </header>`;
}

/** One run alone has nothing that differs. */
function Alone() {
  return html`<div class="panel" data-testid="alone"><${Empty} title="One run is no comparison yet"><span>Add a second one above, by its name.</span>
    <button onClick=${turnAll}>Show all rows of this run</button></${Empty}></div>`;
}

function Content() {
  const named = new Set(areas.value.map((area) => area.name));
  return html`
    ${lost.value.length > 0 && html`<p class="stale" role="status">${formatCount(lost.value.length, "run")} of the address cannot be found in this project.</p>`}
    ${runs.value.length > 1 && html`<p class="soft compare-told" role="status" data-testid="told">${
      `${formatNumber(differing.value)} of ${formatCount(rowCount.value, "row")} differ${differing.value === 1 ? "s" : ""}.`}</p>`}
    ${named.size > 0 ? html`<${CompareTable} />` : runs.value.length < 2 && !search.value ? html`<${Alone} />` : html`<div class="panel"><${Empty} title=${search.value ? "No row is like that" : "These runs are the same in everything that was kept"}>
      ${search.value ? html`<button onClick=${() => setState({ q: "" })}>Show all rows again</button>` : html`<button onClick=${turnAll}>Show the rows that are the same</button>`}</${Empty}></div>`}
    <div class="compare-part"><h2>Charts</h2><${Charts} key=${ids.value.join(",")} source=${chartSource.value} /></div>
    <${Pictures} />
    ${runs.value.length > 1 && html`<${ConsoleDiff} /><${CodeDiff} />`}`;
}
