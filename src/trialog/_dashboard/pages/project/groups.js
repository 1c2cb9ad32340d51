/** Groups of runs that have a value in common, and the runs of those that are open. */

import { computed, signal } from "@preact/signals";

import { isAborted, postJson } from "trialog/data/api.js";
import { both } from "trialog/logic/operands.js";
import { overview } from "trialog/pages/project/overview.js";
import { refuse } from "trialog/pages/project/rows.js";
import { selection } from "trialog/pages/project/selection.js";

/**
 * @typedef {import("trialog/pages/project/rows.js").TablePage} TablePage
 * @typedef {import("trialog/pages/project/rows.js").Wish} Wish
 * @typedef {{count: number, mean: any, std: any, least: any, greatest: any, value: any, distinct: number}} GroupCell
 * @typedef {{value: string | number | boolean | null, where: string, runs: number, statuses: Record<string, number>, cells: GroupCell[],
 *   curve: number | null}} Group curve: its place among the groups of a chart
 * @typedef {{total: number, runs: number, columns: import("trialog/logic/columns.js").Column[], groups: Group[]}} GroupTable
 */

const CHILDREN = 100;
const MANY = 5000;

/** The groups; null while there are none to show. */
export const groupTable = signal(/** @type {GroupTable | null} */ (null));
/** What runs are grouped by, as people call it. */
export const groupName = computed(() => {
  const text = selection.group.value;
  return overview.value?.parameters.find((parameter) => parameter.text === text)?.name ?? text;
});
/** Conditions of the groups that are open. */
export const openGroups = signal(/** @type {ReadonlySet<string>} */ (new Set()));
/** The first runs of open groups, by the groups' conditions. */
export const groupRuns = signal(/** @type {ReadonlyMap<string, TablePage>} */ (new Map()));

/** @type {AbortController | null} */
let asked = null;
/** @type {Wish | null} */
let wanted = null;

/**
 * @param {Wish} wish
 * @param {string} by what they have in common; "" for no groups
 * @param {readonly string[]} columns
 * @param {object | null} drawn what charts draw
 */
export async function askForGroups(wish, by, columns, drawn) {
  asked?.abort();
  wanted = wish;
  if (!by) {
    groupTable.value = null;
    return;
  }
  const control = new AbortController();
  asked = control;
  try {
    const { project, where, sort } = wish;
    if ((selection.total.peek() ?? 0) > MANY) {  // what columns come to takes a while: the groups first
      groupTable.value = await postJson("/groups", { project, where, sort, by, columns: [] }, control.signal);
    }
    groupTable.value = await postJson("/groups", { project, where, sort, by, columns, drawn }, control.signal);
    groupRuns.value = new Map();
    await Promise.all([...openGroups.value].map(askForRuns));
  } catch (error) {
    if (!isAborted(error)) {
      refuse(error);
    }
  }
}

/** @param {string} where the group's condition */
export function toggleGroup(where) {
  const next = new Set(openGroups.value);
  if (!next.delete(where)) {
    next.add(where);
    askForRuns(where).catch(refuse);
  }
  openGroups.value = next;
}

/** @param {string} where */
async function askForRuns(where) {
  const wish = wanted;
  if (!wish || groupRuns.value.has(where)) {
    return;
  }
  const page = await postJson("/runs", { ...wish, where: both(wish.where, where), offset: 0, limit: CHILDREN });
  if (wanted === wish) {
    groupRuns.value = new Map(groupRuns.value).set(where, page);
  }
}
