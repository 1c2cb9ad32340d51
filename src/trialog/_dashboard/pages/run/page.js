/** A run: why it ended first, then everything that was kept of it, in tabs. */

import { html } from "htm/preact";
import { useEffect } from "preact/hooks";

import { runPath } from "trialog/logic/url.js";
import { Charts, System } from "trialog/pages/run/charts.js";
import { Code } from "trialog/pages/run/code.js";
import { Console } from "trialog/pages/run/console.js";
import { Environment } from "trialog/pages/run/environment.js";
import { Files } from "trialog/pages/run/files.js";
import { Head } from "trialog/pages/run/head.js";
import { Lineage } from "trialog/pages/run/lineage.js";
import { Overview } from "trialog/pages/run/overview.js";
import { Parameters } from "trialog/pages/run/parameters.js";
import { failure, followRun, root, run } from "trialog/pages/run/state.js";
import { Failure, Waiting } from "trialog/parts/states.js";
import { addShortcuts } from "trialog/shell/keyboard.js";
import { go, place } from "trialog/shell/router.js";
import { documentTitle, runTitle } from "trialog/shell/titles.js";

/** @typedef {import("trialog/api.d.ts").Counts} Counts */

/** @type {{tab: string, label: string, part: () => unknown, count?: (counts: Counts) => number}[]} */
const TABS = [
  { tab: "", label: "Overview", part: Overview },
  { tab: "charts", label: "Charts", part: Charts, count: (counts) => counts.metrics },
  { tab: "parameters", label: "Parameters", part: Parameters, count: (counts) => counts.parameters },
  { tab: "files", label: "Files", part: Files, count: (counts) => counts.attachments + counts.values },
  { tab: "console", label: "Console", part: Console },
  { tab: "system", label: "System", part: System, count: (counts) => counts.system },
  { tab: "code", label: "Code", part: Code },
  { tab: "environment", label: "Environment", part: Environment },
  { tab: "lineage", label: "Lineage", part: Lineage },
];

/** The page. */
export function Page() {
  const path = root.value;
  useEffect(followRun, [path]);
  useEffect(() => addShortcuts(TABS.map(({ tab, label }, at) => ({ key: String(at + 1), label: `${label} of the run`, act: () => openTab(tab) }))), []);
  const shown = run.value;
  const name = shown?.head.name ?? "";
  const openedTab = place.value.tab;
  const isThere = Boolean(shown);
  useEffect(() => {
    const tabs = document.querySelector(".run-page > .tabs");
    const current = tabs?.querySelector("[aria-current=page]");
    if (tabs && current instanceof HTMLElement) { // on a narrow page the tabs scroll; the page itself must not
      tabs.scrollLeft = current.offsetLeft - (tabs.clientWidth - current.offsetWidth) / 2;
    }
  }, [openedTab, isThere]);
  useEffect(() => {
    runTitle.value = name;
    documentTitle.value = name;
  }, [name]);
  if (!shown) {
    return failure.value ? html`<${Failure} error=${failure.value} />` : html`<${Waiting} what="the run" />`;
  }
  const wanted = place.value.tab === "overview" ? "" : place.value.tab;
  const tab = TABS.find((each) => each.tab === wanted) ?? TABS[0];
  const Part = tab.part;
  return html`<div class="run-page" data-state="ready" data-status=${shown.head.status}>
    <${Head} run=${shown} isShort=${tab.tab !== ""} />
    <nav class="tabs" aria-label="Parts of the run">
      ${TABS.map((each, at) => html`<a key=${each.tab} href=${tabPath(each.tab)} aria-current=${each === tab ? "page" : null}
        title=${`${each.label} (key ${at + 1})`} data-testid=${`tab-${each.tab || "overview"}`}>${each.label}${count(each, shown.counts)}</a>`)}
    </nav>
    <div class="run-part" data-tab=${tab.tab || "overview"}><${Part} key=${path + tab.tab} /></div>
  </div>`;
}

/**
 * @param {{count?: (counts: Counts) => number}} tab
 * @param {Counts} counts
 */
function count(tab, counts) {
  const number = tab.count?.(counts);
  return number ? html`<span class="tab-count">${number}</span>` : null;
}

/** @param {string} tab */
function tabPath(tab) {
  const { namespace, project, run: id } = place.value;
  return runPath({ namespace, project, id }, tab);
}

/** @param {string} tab */
function openTab(tab) {
  go(tabPath(tab));
}
