/** The run that is shown, and what its parts ask of the server. */

import { computed, signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";

import { getJson, isAborted, postJson } from "trialog/data/api.js";
import { changes, isPaused, liveness } from "trialog/data/events.js";
import { announce, announceError } from "trialog/shell/announcer.js";
import { place } from "trialog/shell/router.js";

/** @typedef {import("trialog/api.d.ts").RunShape} Run */

const AGAIN_MS = 2000;
const LIVE_MS = 10_000; // where the server tells of news: for what nobody writes down, as a process that was killed

/** @type {import("@preact/signals").Signal<Run | null>} */
export const run = signal(/** @type {Run | null} */ (null));
/** @type {import("@preact/signals").Signal<unknown>} */
export const failure = signal(/** @type {unknown} */ (null));

/** Where the API tells of the run of this page. */
export const root = computed(() => {
  const { namespace, project, run: id } = place.value;
  return `/projects/${encodeURIComponent(namespace)}/${encodeURIComponent(project)}/runs/${encodeURIComponent(id)}`;
});

/**
 * Loads the run, and again when there is news of it; while it goes on, also looks by itself from time to time.
 * @returns {() => void} stops it
 */
export function followRun() {
  const abort = new AbortController();
  const path = root.peek();
  let timer = 0;
  run.value = null;
  failure.value = null;
  const look = async () => {
    clearTimeout(timer);
    try {
      const known = run.value;
      if (!known || (!document.hidden && !isPaused.peek() && (await getJson(`${path}/pulse`, {}, abort.signal)).version !== known.version)) {
        run.value = await getJson(path, {}, abort.signal);
      }
      failure.value = null;
    } catch (error) {
      if (isAborted(error)) {
        return;
      }
      failure.value = error;
    }
    if (!abort.signal.aborted && !run.value?.is_ended) {
      timer = setTimeout(look, liveness.peek() === "live" ? LIVE_MS : AGAIN_MS);
    }
  };
  const wake = () => {
    if (!document.hidden && run.value && !run.value.is_ended) {
      look();
    }
  };
  const stopListening = changes.subscribe((told) => {
    const id = run.peek()?.head.id;
    if (told && id && (!told.news || told.news.is_other || told.news.runs.some((each) => each.id === id))) {
      look();
    }
  });
  document.addEventListener("visibilitychange", wake);
  look();
  return () => {
    abort.abort();
    clearTimeout(timer);
    stopListening();
    document.removeEventListener("visibilitychange", wake);
  };
}

/** Asks for the run again: after a change. */
async function reloadRun() {
  run.value = await getJson(root.peek());
}

/**
 * What the server says, asked anew when the question or the run changes. What is known stays until the new answer is there.
 * @template T
 * @param {string} part of the run, as "/parameters"
 * @param {Record<string, string | number | boolean | null | undefined>} [query]
 * @param {(path: string, query: any, abort: AbortSignal) => Promise<T>} [get] where the answer is no JSON
 * @returns {{data: T | null, failure: unknown, again: () => void}}
 */
export function useAsked(part, query = {}, get = getJson) {
  const [state, setState] = useState({ key: "", data: /** @type {any} */ (null), failure: /** @type {unknown} */ (null) });
  const [turn, setTurn] = useState(0);
  const path = root.value + part;
  const key = path + JSON.stringify(query);
  const version = run.value?.version;
  useEffect(() => {
    const abort = new AbortController();
    get(path, query, abort.signal).then(
      (data) => setState({ key, data, failure: null }),
      (error) => {
        if (!isAborted(error)) {
          setState({ key, data: null, failure: error });
        }
      },
    );
    return () => abort.abort();
  }, [key, version, turn]);
  const isKnown = state.key === key;
  return { data: isKnown ? state.data : null, failure: isKnown ? state.failure : null, again: () => setTurn(turn + 1) };
}

/**
 * Changes the run, and tells what came of it.
 * @param {Record<string, unknown>} change as the API takes it
 * @param {string} done what is said of it
 * @param {() => void} [undo]
 * @returns {Promise<boolean>} whether it was done
 */
export async function changeRun(change, done, undo) {
  const id = run.value?.head.id;
  if (!id) {
    return false;
  }
  try {
    const answer = await postJson("/changes", { runs: [id], ...change });
    const error = answer.runs[0]?.error;
    if (error) {
      announce(error, { kind: "error" });
      return false;
    }
    await reloadRun();
    announce(done, { undo });
    return true;
  } catch (error) {
    announceError(error);
    return false;
  }
}
