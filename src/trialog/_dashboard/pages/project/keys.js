/** Keys and presses in the table. */

import { hideRuns, selection, setBaseline, soloRun, togglePinned } from "trialog/pages/project/selection.js";
import { compareRuns, copy, pathOf, runItems } from "trialog/pages/project/actions.js";
import { copyText } from "trialog/logic/cells.js";
import { toggleGroup } from "trialog/pages/project/groups.js";
import { moveTo } from "trialog/pages/project/grid.js";
import { openColumnMenu, resizeByKey } from "trialog/pages/project/head.js";
import { cellId, LEADING } from "trialog/pages/project/layout.js";
import { active, idOf, lines } from "trialog/pages/project/lines.js";
import { allIds, idsBetween } from "trialog/pages/project/rows.js";
import { columns, sortBy } from "trialog/pages/project/wishes.js";
import { openMenu } from "trialog/parts/floating.js";
import { announceError } from "trialog/shell/announcer.js";
import { go } from "trialog/shell/router.js";

const PAGE = 15;
/** Where ticking began, for a range. */
let anchor = -1;

/** The run at the keyboard's line, or null. */
function runHere() {
  const { line } = active.value;
  const found = line >= 0 && line < lines.value.count ? lines.value.at(line) : null;
  return found?.kind === "run" ? found.row : null;
}

/** @param {KeyboardEvent} event */
export function onGridKey(event) {
  if (event.target !== event.currentTarget && event.target instanceof HTMLElement && /^(BUTTON|INPUT)$/.test(event.target.tagName) && (event.key === "Enter" || event.key === " ")) {
    return;
  }
  const { line, column } = active.value;
  const last = columns.value.length + LEADING - 1;
  if (event.altKey && line === -1 && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
    if (column >= 2) {
      resizeByKey(columns.value[column - LEADING], event.key === "ArrowRight" ? 1 : -1);
    }
    event.preventDefault();
    return;
  }
  if (event.altKey) {
    return;
  }
  /** @type {Record<string, [number, number]>} */
  const moves = {
    ArrowDown: [line + 1, column], ArrowUp: [line - 1, column], ArrowLeft: [line, column - 1], ArrowRight: [line, column + 1],
    PageDown: [line + PAGE, column], PageUp: [Math.max(0, line - PAGE), column],
    Home: event.ctrlKey ? [0, 0] : [line, 0], End: event.ctrlKey ? [lines.value.count - 1, last] : [line, last],
  };
  const to = moves[event.key];
  if (to) {
    const from = line;
    moveTo(...to);
    if (event.shiftKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      tick(active.value.line, { isRange: true, from });
    }
    event.preventDefault();
    return;
  }
  if (event.key === "c" && (event.ctrlKey || event.metaKey)) {
    copyHere();
    event.preventDefault();
  } else if (event.key === "a" && (event.ctrlKey || event.metaKey)) {
    selectAll();
    event.preventDefault();
  } else if (event.ctrlKey || event.metaKey) {
    return;
  } else if (event.key === "Enter" || event.key === " ") {
    press(event);
    event.preventDefault();
  } else if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey) || event.key === "m") {
    menuHere();
    event.preventDefault();
  }
}

/** Enter and space, on the head or on a line. @param {KeyboardEvent} event */
function press(event) {
  const { line, column } = active.value;
  if (line === -1) {
    if (column >= 2) {
      sortBy(columns.value[column - LEADING]?.text ?? "name", event.shiftKey);
    } else if (column === 0) {
      selectAll();
    } else {
      hideAll();
    }
    return;
  }
  const found = lines.value.at(line);
  if (found.kind === "group") {
    toggleGroup(found.group.where);
  } else if (found.kind === "run") {
    if (event.key === " " || column === 0) {
      tick(line, { isRange: event.shiftKey });
    } else if (column === 1) {
      hideRuns([idOf(line)]);
    } else {
      go(pathOf(found.row));
    }
  }
}

function menuHere() {
  const { line, column } = active.value;
  const cell = document.getElementById(cellId(line, column));
  if (!cell) {
    return;
  }
  const row = runHere();
  if (line === -1 && column >= 2) {
    openColumnMenu(cell, columns.value[column - LEADING]?.text ?? "name", columns.value[column - LEADING]);
  } else if (row) {
    openMenu(cell, row.page.names[row.at], runItems(row, columns.value[column - LEADING]));
  }
}

function copyHere() {
  const row = runHere();
  const column = columns.value[active.value.column - LEADING];
  const own = row?.page.columns.find((each) => each.text === column?.text);
  if (row) {
    copy(own ? copyText(own, own.values[row.at]) : row.page.names[row.at], own ? "Cell" : "Name");
  }
}

/**
 * Ticks a run, or unticks it; with a range, all from where ticking began.
 * @param {number} line
 * @param {{isRange?: boolean, from?: number}} [how]
 */
export function tick(line, { isRange = false, from = anchor } = {}) {
  const id = idOf(line);
  if (!id) {
    return;
  }
  const next = new Set(selection.selected.value);
  if (isRange && from >= 0) {
    const { apart } = lines.value;
    const range = lines.value.isGrouped ? linesBetween(from, line) : idsBetween(from - apart, line - apart);
    range.forEach((each) => next.add(each));
  } else if (!next.delete(id)) {
    next.add(id);
  }
  if (!isRange || anchor < 0) {
    anchor = line;
  }
  selection.selected.value = next;
}

/** @param {number} from @param {number} to */
function linesBetween(from, to) {
  const ids = [];
  for (let line = Math.min(from, to); line <= Math.max(from, to); line += 1) {
    ids.push(idOf(line));
  }
  return ids.filter(Boolean);
}

/** Ticks all runs that the filter finds; where all are ticked, none. */
export async function selectAll() {
  if (selection.selected.value.size > 0 && selection.selected.value.size >= (selection.total.value ?? 0)) {
    selection.selected.value = new Set();
    return;
  }
  try {
    selection.selected.value = new Set(await allIds());
  } catch (error) {
    announceError(error);
  }
}

/** Hides the lines of all runs, or shows them again. */
function hideAll() {
  const ids = (selection.order.value ?? []).map((run) => run.id);
  hideRuns(ids, !ids.every((id) => selection.hidden.value.has(id)));
}

/** @param {MouseEvent} event */
export function onGridClick(event) {
  const target = event.target instanceof Element ? event.target : null;
  const cell = target?.closest("[data-column]");
  if (!target || !cell) {
    return;
  }
  const column = Number(cell.getAttribute("data-column"));
  const row = cell.closest("[data-line]");
  const line = row ? Number(row.getAttribute("data-line")) : -1;
  active.value = { line, column };
  const act = target.closest("[data-act]")?.getAttribute("data-act");
  if (act === "tick" || (!act && event.shiftKey && line >= 0)) {
    event.preventDefault();
    tick(line, { isRange: event.shiftKey });
  } else if (act === "hide") {
    hideRuns([idOf(line)]);
  } else if (act === "tick-all") {
    event.preventDefault();
    selectAll();
  } else if (act === "hide-all") {
    hideAll();
  } else if (act === "sort") {
    sortBy(columns.value[column - LEADING]?.text ?? "name", event.shiftKey);
  }
}

/** The other button of the mouse: what can be done with the run. @param {MouseEvent} event */
export function onGridContext(event) {
  const cell = event.target instanceof Element ? event.target.closest("[data-column]") : null;
  const row = cell?.closest("[data-line]");
  if (!cell || !row) {
    return;
  }
  active.value = { line: Number(row.getAttribute("data-line")), column: Number(cell.getAttribute("data-column")) };
  const run = runHere();
  if (run) {
    event.preventDefault();
    openMenu({ x: event.clientX, y: event.clientY }, run.page.names[run.at], runItems(run, columns.value[active.value.column - LEADING]));
  }
}

/** What the table answers to once it has the focus. @type {import("trialog/shell/keyboard.js").KeyNotes} */
export const TABLE_KEYS = {
  title: "In the table",
  keys: [
    ["← → ↑ ↓", "The next cell; with Shift, ↑ and ↓ select"],
    ["Home End", "The first column, the last one; with Ctrl, the first run, the last one"],
    ["Enter", "Open the run or the group; on the head, sort, with Shift by several"],
    ["Space", "Select the run; with Shift, all up to it"],
    ["m", "What can be done with the run or the column"],
    ["Ctrl A", "Select all that match, or none"],
    ["Ctrl C", "Copy the cell"],
    ["Alt ← →", "On the head: narrower, wider"],
  ],
};

/** Keys that work anywhere on the page. @param {() => void} focus puts the focus into the table */
export function tableShortcuts(focus) {
  /** @param {(id: string) => void} act */
  const withRun = (act) => () => {
    const id = idOf(active.value.line);
    if (id) {
      act(id);
    }
  };
  /** @param {number} by */
  const move = (by) => () => {
    focus();
    moveTo(active.value.line + by, active.value.column);
  };
  return [
    { key: "j", label: "Next run", act: move(1) },
    { key: "k", label: "Run before", act: move(-1) },
    { key: "x", label: "Select the run", act: () => tick(active.value.line) },
    { key: "h", label: "Hide or show its lines", act: withRun((id) => hideRuns([id])) },
    { key: "s", label: "Draw it alone", act: withRun(soloRun) },
    { key: "p", label: "Pin the run", act: withRun(togglePinned) },
    { key: "b", label: "Make it the baseline", act: withRun(setBaseline) },
    { key: "c", label: "Compare the selected runs", act: () => { if (selection.selected.value.size > 0) { compareRuns([...selection.selected.value]); } } },
  ];
}
