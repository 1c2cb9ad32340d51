/** Asks the server for charts: so many at once, the first in sight first, none that nobody looks at any more. */

import { postForBytes } from "trialog/data/api.js";
import { during } from "trialog/data/activity.js";
import { decodeChart, mergeChart } from "trialog/logic/chartdata.js";

const AT_ONCE = 6;

/** @typedef {{start: () => void, abort: AbortSignal}} Waiting */

/** @type {Waiting[]} */
const waiting = [];
let running = 0;

/**
 * @param {AbortSignal} abort
 * @returns {Promise<void>} resolves when it is this one's turn; rejects where it is not wanted any more
 */
function turn(abort) {
  return new Promise((resolve, reject) => {
    const entry = { start: () => resolve(undefined), abort };
    abort.addEventListener("abort", () => {
      const at = waiting.indexOf(entry);
      if (at >= 0) {
        waiting.splice(at, 1);
        reject(new DOMException("not wanted any more", "AbortError"));
      }
    }, { once: true });
    waiting.push(entry);
    next();
  });
}

function next() {
  while (running < AT_ONCE && waiting.length) {
    const entry = waiting.shift();
    if (entry && !entry.abort.aborted) {
      running += 1;
      entry.start();
    }
  }
}

/** Whether any chart is asked for. */
export const isLoading = () => running + waiting.length > 0;

/**
 * A chart's answer, up to date.
 * @param {object} query
 * @param {import("trialog/logic/chartdata.js").Answer | null} old an answer to the same query
 * @param {AbortSignal} abort
 * @returns {Promise<import("trialog/logic/chartdata.js").Answer>}
 */
export function loadChart(query, old, abort) {
  return during(loadInTurn(query, old, abort));
}

/** @param {object} query @param {import("trialog/logic/chartdata.js").Answer | null} old @param {AbortSignal} abort */
async function loadInTurn(query, old, abort) {
  await turn(abort);
  try {
    const bytes = await postForBytes("/chart", old ? { ...query, since: old.header.version } : query, abort);
    return mergeChart(old, decodeChart(bytes));
  } finally {
    running -= 1;
    next();
  }
}
