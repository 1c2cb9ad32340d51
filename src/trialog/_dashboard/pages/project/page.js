/** The page of a project: its table of runs, and their charts. */

import { computed, effect, untracked } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect, useLayoutEffect } from "preact/hooks";

import { Charts } from "trialog/charts/charts.js";
import { RequestError } from "trialog/data/api.js";
import { splitChip } from "trialog/logic/operands.js";
import { BulkBar } from "trialog/pages/project/bulk.js";
import { chartSource } from "trialog/pages/project/chartsource.js";
import { NoneFound, NoRuns } from "trialog/pages/project/empty.js";
import { focusFilter } from "trialog/pages/project/filterbar.js";
import { focusGrid, Grid } from "trialog/pages/project/grid.js";
import { askForGroups } from "trialog/pages/project/groups.js";
import { Header } from "trialog/pages/project/header.js";
import { TABLE_KEYS, tableShortcuts } from "trialog/pages/project/keys.js";
import { loadCounts, loadOverview, overview, overviewError } from "trialog/pages/project/overview.js";
import { Questions } from "trialog/pages/project/questions.js";
import { book, chooseRows, filterProblem, leaveTable, tableError, wishFor } from "trialog/pages/project/rows.js";
import { selection } from "trialog/pages/project/selection.js";
import { refreshSparks } from "trialog/pages/project/sparks.js";
import { railWidth, Splitter } from "trialog/pages/project/splitter.js";
import { followViews } from "trialog/pages/project/views.js";
import { view, wish } from "trialog/pages/project/wishes.js";
import { FloatingMenu } from "trialog/parts/floating.js";
import { Failure, Waiting } from "trialog/parts/states.js";
import { followProject } from "trialog/shell/following.js";
import { addKeyNotes, addShortcuts } from "trialog/shell/keyboard.js";
import { place } from "trialog/shell/router.js";
import { documentTitle } from "trialog/shell/titles.js";

/** Ids of the runs that are shown wherever they stand in the order. */
const chosen = computed(() => [...new Set([...selection.pinned.value, selection.baseline.value])].filter(Boolean));

/** The page. */
export function Page() {
  useLayoutEffect(follow, []);
  useEffect(() => addShortcuts([{ key: "/", label: "Go to the filter", act: focusFilter }, ...tableShortcuts(focusGrid)]), []);
  useEffect(() => addKeyNotes(TABLE_KEYS), []);
  const error = overviewError.value;
  if (error instanceof RequestError && error.status === 404) {
    return html`<${NoRuns} project=${selection.project.value} note=${error.message} /><${FloatingMenu} />`;
  }
  if (overview.value?.runs === 0 && overview.value.deleted === 0) {
    return html`<${NoRuns} project=${selection.project.value} />`;
  }
  const shown = view.value;
  return html`<div class="project-page" data-view=${shown} style=${{ "--rail": `${railWidth.value}px` }}>
    <${Header} />
    <div class="project-body">
      ${shown !== "charts" && html`<section class="rail" aria-label="Table of runs" data-state=${stateOf()}><${Table} /><${BulkBar} /></section>`}
      ${shown === "split" && html`<${Splitter} />`}
      ${shown !== "table" && html`<div class="charts-pane">${selection.chartSelection.value || !filterProblem.value
        ? html`<${Charts} source=${chartSource} />` : html`<p class="state">The filter cannot be understood.</p>`}</div>`}
    </div>
    <${Questions} />
    <${FloatingMenu} />
  </div>`;
}

function stateOf() {
  if (tableError.value) {
    return "error";
  }
  return book.value.wish === null ? "loading" : book.value.total === 0 ? "empty" : "ready";
}

function Table() {
  if (tableError.value) {
    return html`<${Failure} error=${tableError.value} again=${() => { tableError.value = null; selection.version.value += 1; }} />`;
  }
  if (book.value.wish === null) {
    return filterProblem.value ? html`<p class="state">The filter cannot be understood.</p>` : html`<${Waiting} what="the runs" />`;
  }
  return book.value.total === 0 ? html`<${NoneFound} />` : html`<${Grid} />`;
}

/** Asks the server whatever the address wishes, for as long as the page is shown. */
function follow() {
  let before = selection.version.peek();
  /**
   * Acts whenever what is read changes.
   * @template T
   * @param {() => T} read
   * @param {(found: T) => void} act
   */
  const whenever = (read, act) => effect(() => {
    if (place.value.page === "project") {
      const found = read();
      untracked(() => act(found));
    }
  });
  const stops = [
    whenever(() => ({ wish: wish.value, version: selection.version.value }), (now) => {
      wishFor(now.wish, { isAgain: now.version !== before });
      before = now.version;
    }),
    whenever(() => ({ path: selection.project.value, version: selection.version.value }), ({ path }) => {
      const [namespace, project] = path.split("/");
      documentTitle.value = path;
      loadOverview(namespace, project);
    }),
    whenever(() => ({ ids: chosen.value, wish: wish.value, version: selection.version.value }), (now) => chooseRows(now.ids, now.wish)),
    whenever(() => ({
      columns: book.value.columns, wish: { ...wish.value, ...selection.drawn.value }, by: selection.group.value, drawn: selection.chartSelection.value, version: selection.version.value,
    }), (now) => {
      if (now.drawn || !now.by) {
        askForGroups(now.wish, now.by, now.columns.map((column) => column.text), now.drawn);
      }
    }),
    whenever(() => ({ drawn: selection.drawn.value, version: selection.version.value, known: overview.value }), ({ drawn }) => {
      if (drawn) {
        loadCounts(drawn.project, splitChip(drawn.where).rest);
      }
    }),
    followViews(),
    followProject({ project: () => selection.project.peek(), act: askAgain }),
  ];
  return () => {
    stops.forEach((stop) => stop());
    leaveTable();
    selection.selected.value = new Set();
    selection.hovered.value = "";
  };
}

/** @param {boolean} isMore more than points */
function askAgain(isMore) {
  if (place.value.page !== "project") {
    return;
  }
  const [namespace, project] = selection.project.value.split("/");
  wishFor(wish.value, { isAgain: true });
  refreshSparks();
  if (isMore) {
    loadOverview(namespace, project);
    chooseRows(chosen.value, wish.value);
  }
}
