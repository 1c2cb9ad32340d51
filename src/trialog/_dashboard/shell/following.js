/** Acting on news of a project, not more often than people can read, nor while the last answer is on its way. */

import { effect } from "@preact/signals";

import { changes } from "trialog/data/events.js";

const NEWS_MS = 1000;

/** @typedef {import("trialog/data/events.js").News} News */

/**
 * @param {object} wanted
 * @param {() => string} wanted.project `namespace/project`
 * @param {(runs: readonly {id: string}[]) => boolean} [wanted.concerns] whether news of these runs alone are wanted; left out: all are
 * @param {(isMore: boolean) => unknown} wanted.act isMore: more than points, as a run that began or ended; may be a promise
 * @param {number} [wanted.pause] at least so many milliseconds between two, where there are only points
 * @returns {() => void} stops
 */
export function followProject({ project, concerns, act, pause = 2 * NEWS_MS }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let [isMore, isDue, isActing, isStopped] = [false, false, false, false];
  const last = changes.peek()?.number;
  const begin = () => {
    isDue = true;
    if (timer === undefined && !isActing) {
      timer = setTimeout(go, isMore ? NEWS_MS : pause);
    }
  };
  const go = async () => {
    const wasMore = isMore;
    [timer, isMore, isDue, isActing] = [undefined, false, false, true];
    try {
      await act(wasMore);
    } finally {
      isActing = false;
    }
    if (isDue && !isStopped) {
      begin();
    }
  };
  const stop = effect(() => {
    const told = changes.value;
    if (told !== null && told.number !== last && isOurs(told.news, project(), concerns)) {
      isMore ||= told.news === null || told.news.is_other || told.news.runs.some((run) => run.is_new || run.has_ended);
      begin();
    }
  });
  return () => {
    isStopped = true;
    stop();
    clearTimeout(timer);
  };
}

/**
 * @param {News | null} news null: some were missed
 * @param {string} project
 * @param {((runs: readonly {id: string}[]) => boolean) | undefined} concerns
 */
function isOurs(news, project, concerns) {
  return news === null || (news.project === project && (news.is_other || !concerns || concerns(news.runs)));
}
