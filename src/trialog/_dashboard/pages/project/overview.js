/** What there is in the project that is shown: counts, and the columns to choose from. */

import { signal } from "@preact/signals";

import { getJson, isAborted } from "trialog/data/api.js";

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

/** @type {AbortController | null} */
let asked = null;

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
  try {
    overview.value = await getJson(`/projects/${encodeURIComponent(namespace)}/${encodeURIComponent(project)}`, {}, control.signal);
    overviewError.value = null;
  } catch (error) {
    if (!isAborted(error)) {
      overviewError.value = error;
    }
  }
}
