/** What there is in the project that is shown: counts, and the columns to choose from. */

import { signal } from "@preact/signals";

import { getJson, isAborted, postJson } from "trialog/data/api.js";
import { takeFound } from "trialog/data/early.js";

/**
 * @typedef {{name: string, text: string, type: "number" | "text" | "flag" | "mixed", distinct: number, runs: number}} ParameterHead
 * @typedef {{name: string, type: string, meaning: string}} FactHead
 * @typedef {{namespace: string, project: string, namespace_name: string, project_name: string, runs: number, deleted: number,
 *   statuses: Record<string, number>, parameters: ParameterHead[], metrics: string[], tags: string[], measures: string[],
 *   facts: FactHead[], is_whole: boolean}} Overview
 */

/** Of the project that is shown; null until the server has told. */
export const overview = signal(/** @type {Overview | null} */ (null));
/** Why it could not be read. */
export const overviewError = signal(/** @type {unknown} */ (null));

/** How many runs the filter finds of each status, whatever status chip is pressed; null where that is all there are. */
export const counts = signal(/** @type {{statuses: Record<string, number>, deleted: number} | null} */ (null));

/** @type {AbortController | null} */
let asked = null;
/** @type {AbortController | null} */
let countsAsked = null;

/**
 * Asks for it; what is known of the same project stays until the answer is there.
 * @param {string} namespace
 * @param {string} project
 */
export async function loadOverview(namespace, project) {
  asked?.abort();
  const control = new AbortController();
  asked = control;
  if (overview.value && (overview.value.namespace !== namespace || overview.value.project !== project)) {
    overview.value = null;
  }
  const path = `/projects/${encodeURIComponent(namespace)}/${encodeURIComponent(project)}`;
  try {
    overview.value = takeFound(path) ?? await getJson(path, {}, control.signal);
    overviewError.value = null;
  } catch (error) {
    if (!isAborted(error)) {
      overviewError.value = error;
    }
  }
}

/**
 * Counts the runs within a filter; what is known stays until the answer is there.
 * @param {string} project `namespace/project`
 * @param {string} where "" for all: the overview knows these
 */
export async function loadCounts(project, where) {
  countsAsked?.abort();
  if (!where) {
    counts.value = null;
    return;
  }
  const control = new AbortController();
  countsAsked = control;
  try {
    counts.value = await postJson("/counts", { project, where }, control.signal);
  } catch (error) {
    if (!isAborted(error)) {
      counts.value = null; // the table says what is wrong
    }
  }
}
