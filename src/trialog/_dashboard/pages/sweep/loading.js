/** A sweep from the server: when it is wished, and again when its runs change. */

import { batch } from "@preact/signals";

import { isAborted, postJson } from "trialog/data/api.js";
import { draft, failure, hovered, importanceFailure, importances, query, sweep, wish } from "trialog/pages/sweep/state.js";

/** @typedef {import("trialog/api.d.ts").Sweep} Sweep */

/** @param {AbortSignal} abort */
export async function loadSweep(abort) {
  try {
    sweep.value = await postJson("/sweep", JSON.parse(wish.value), abort);
    failure.value = null;
  } catch (error) {
    if (!isAborted(error)) {
      failure.value = error;
    }
  }
}

/** @param {AbortSignal} abort */
export async function loadImportances(abort) {
  importances.value = null;
  importanceFailure.value = null;
  try {
    importances.value = await postJson("/sweep/importances", JSON.parse(query.value), abort);
  } catch (error) {
    if (!isAborted(error)) {
      importanceFailure.value = error;
    }
  }
}

/**
 * Asks again, because runs have changed; what is shown stays until the answers are there, or if there are none. A brush that is
 * being drawn is drawn to its end before.
 * @param {boolean} isMore more than points have come
 */
export async function loadAgain(isMore) {
  await settled();
  const [before, asked] = [wish.value, query.value];
  if (!sweep.value) {
    return;
  }
  try {
    const answer = /** @type {Sweep} */ (await postJson("/sweep", JSON.parse(before)));
    await settled();
    const known = sweep.value;
    if (!known || wish.value !== before) {
      return;
    }
    const id = known.runs[hovered.value]?.id;
    batch(() => {
      sweep.value = answer;
      hovered.value = id === undefined ? -1 : answer.runs.findIndex((run) => run.id === id);
    });
    if (isMore) {
      const found = await postJson("/sweep/importances", JSON.parse(asked));
      if (sweep.value && query.value === asked) {
        importances.value = found;
        importanceFailure.value = null;
      }
    }
  } catch {
    // the bar says that the server does not answer
  }
}

/** Resolves once no brush is being drawn. @returns {Promise<void>} */
function settled() {
  return new Promise((resolve) => {
    const stop = draft.subscribe((brush) => {
      if (brush === null) {
        queueMicrotask(() => { stop(); resolve(); });
      }
    });
  });
}
