/** What can be done with a run, or with several: the items of menus, and the keys that do the same. */

import { postJson } from "trialog/data/api.js";
import { isLookOnly, LOOK_ONLY } from "trialog/data/server.js";
import { cellText, copyText } from "trialog/logic/cells.js";
import { both, idsFilter, isValue } from "trialog/logic/operands.js";
import { joinList, projectPath, runPath } from "trialog/logic/url.js";
import { changeRuns, question } from "trialog/pages/project/changes.js";
import { hideRuns, selection, setBaseline, soloRun, togglePinned } from "trialog/pages/project/selection.js";
import { announce, announceError } from "trialog/shell/announcer.js";
import { go, setState } from "trialog/shell/router.js";

/** @typedef {import("trialog/pages/project/rows.js").Row} Row */

/** @param {Row} row */
export function pathOf(row) {
  const [namespace, project] = row.page.paths[row.at].split("/");
  return runPath({ namespace, project, id: row.page.ids[row.at] });
}

const here = () => {
  const [namespace, project] = selection.project.value.split("/");
  return projectPath(namespace, project);
};

/** @param {readonly string[]} ids */
export function compareRuns(ids) {
  go(`${here()}/compare`, { runs: joinList(ids), baseline: selection.baseline.value });
}

/** @param {readonly string[]} ids none: all that the filter finds */
export function openSweep(ids) {
  go(`${here()}/sweep`, { where: ids.length > 1 ? idsFilter(ids) : selection.where.value });
}

/** @param {string} text @param {string} what */
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    announce(`${what} copied`);
  } catch (error) {
    announceError(error);
  }
}

/**
 * Saves the table of some runs, whole: facts, parameters, what metrics come to.
 * @param {"csv" | "parquet"} format
 * @param {readonly string[] | null} runs ids; null for all that the filter finds
 */
export async function exportRuns(format, runs) {
  try {
    const chosen = { project: selection.project.value, where: selection.where.value, sort: selection.sort.value, runs };
    const { url } = await postJson("/exports", { selection: chosen, content: "runs", format });
    const link = document.createElement("a");
    link.href = url;
    link.download = "";
    link.click();
  } catch (error) {
    announceError(error);
  }
}

/** The address of what is shown. */
export function linkHere() {
  return location.origin + location.pathname + location.search;
}

/** @param {string} where a condition that is added to the filter */
export function narrow(where) {
  setState({ where: both(selection.where.value, where) });
}

/**
 * @param {Row} row
 * @param {import("trialog/pages/project/wishes.js").ShownColumn | undefined} column of the cell that was asked of
 * @returns {import("trialog/parts/floating.js").Item[]}
 */
export function runItems(row, column) {
  const { page, at } = row;
  const [id, name] = [page.ids[at], page.names[at]];
  const own = column && page.columns.find((each) => each.text === column.text);
  const value = own?.values[at] ?? null;
  const isPlain = own !== undefined && own.type !== "time" && own.type !== "length of time" && own.kind !== "metric";
  const isSingle = !Array.isArray(value) && value !== "NaN" && value !== "Infinity" && value !== "-Infinity";
  const short = own ? cellText(own, value).slice(0, 30) || "missing" : "";
  return [
    { label: "Open", icon: "right", hint: "Enter", act: () => go(pathOf(row)) },
    { label: selection.hidden.value.has(id) ? "Show its lines" : "Hide its lines", icon: "eye", hint: "h", act: () => hideRuns([id]) },
    { label: selection.solo.value === id ? "Draw all runs" : "Draw it alone", icon: "chart", hint: "s", act: () => soloRun(id) },
    { label: selection.pinned.value.includes(id) ? "Unpin" : "Pin above the others", icon: "pin", hint: "p", act: () => togglePinned(id) },
    { label: selection.baseline.value === id ? "No baseline" : "Make it the baseline", icon: "star", hint: "b", act: () => setBaseline(id) },
    ...(own && isPlain && isSingle
      ? [{ label: `Only ${own.name}: ${short}`, icon: "filter", isApart: true, act: () => narrow(isValue(own.text, /** @type {any} */ (value))) }]
      : []),
    { label: own ? "Copy the cell" : "Copy the name", icon: "copy", isApart: !(own && isPlain && isSingle), act: () => copy(own ? copyText(own, value) : name, own ? "Cell" : "Name") },
    { label: "Copy the id", icon: "copy", act: () => copy(id, "Id") },
    ...(isLookOnly.value ? [NO_CHANGES] : changeItems(row)),
  ];
}

/** Stands for all that would change runs. @type {import("trialog/parts/floating.js").Item} */
export const NO_CHANGES = { label: "Look-only: no changes", icon: "eye", isApart: true, isOff: true, title: LOOK_ONLY, act: () => {} };

/**
 * @param {Row} row
 * @returns {import("trialog/parts/floating.js").Item[]}
 */
function changeItems({ page, at }) {
  const [id, name] = [page.ids[at], page.names[at]];
  return [
    { label: "Tag …", icon: "tag", isApart: true, act: () => { question.value = { kind: "tag", ids: [id], name }; } },
    { label: "Rename …", act: () => { question.value = { kind: "rename", ids: [id], name }; } },
    { label: "Describe …", act: () => { question.value = { kind: "describe", ids: [id], name }; } },
    { label: "Ask to stop …", icon: "stop", isOff: !["RUNNING", "PENDING"].includes(page.statuses[at]), act: () => { question.value = { kind: "cancel", ids: [id], name }; } },
    page.is_deleted[at]
      ? { label: "Restore", icon: "check", act: () => { changeRuns([id], { restore: true }, "restored", { delete: true }); } }
      : { label: "Delete …", icon: "trash", isDanger: true, act: () => { question.value = { kind: "delete", ids: [id], name }; } },
  ];
}
