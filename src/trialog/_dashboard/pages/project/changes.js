/** Changes to runs: asked of the server, told to the user, undone where that can be. */

import { signal } from "@preact/signals";

import { postJson } from "trialog/data/api.js";
import { formatCount } from "trialog/logic/formats.js";
import { selection } from "trialog/pages/project/selection.js";
import { announce, announceError } from "trialog/shell/announcer.js";

const MOST_AT_ONCE = 5000;

/**
 * @typedef {{add_tags?: string[], remove_tags?: string[], name?: string, description?: string, delete?: boolean, restore?: boolean,
 *   cancel?: boolean, reason?: string}} Change
 * @typedef {{kind: "tag" | "rename" | "describe" | "delete" | "cancel", ids: readonly string[], name: string}} Question
 */

/** What is being asked in a dialog before runs are changed; null for nothing. */
export const question = signal(/** @type {Question | null} */ (null));

/**
 * Changes runs and tells what came of it.
 * @param {readonly string[]} ids
 * @param {Change} wanted
 * @param {string} done as "deleted": what is said of the runs
 * @param {Change | null} [undo] what takes it back
 * @returns {Promise<boolean>} whether all were changed
 */
export async function changeRuns(ids, wanted, done, undo = null) {
  /** @type {{id: string, name: string | null, error: string | null}[]} */
  const told = [];
  try {
    for (let from = 0; from < ids.length; from += MOST_AT_ONCE) {
      const answer = await postJson("/changes", { runs: ids.slice(from, from + MOST_AT_ONCE), ...wanted });
      told.push(...answer.runs);
    }
  } catch (error) {
    announceError(error);
    return false;
  } finally {
    selection.version.value += 1;
  }
  const failed = told.filter((run) => run.error !== null);
  const changed = told.filter((run) => run.error === null).map((run) => run.id);
  if (changed.length > 0) {
    const undoes = undo && { undo: () => { changeRuns(changed, undo, "put back"); } };
    announce(`${formatCount(changed.length, "run")} ${done}`, undoes ?? {});
  }
  if (failed.length > 0) {
    announce(`${formatCount(failed.length, "run")} could not be changed: ${failed[0].error}`, { kind: "error" });
  }
  return failed.length === 0;
}
