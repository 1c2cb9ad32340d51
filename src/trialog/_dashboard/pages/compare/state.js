/** Which runs are compared, and what the server says of them. The address is the state. */

import { computed, signal } from "@preact/signals";

import { sourceOfRuns } from "trialog/charts/source.js";
import { getJson, isAborted, postJson } from "trialog/data/api.js";
import { moved } from "trialog/logic/axes.js";
import { shownAreas } from "trialog/logic/sidebyside.js";
import { joinList, splitList } from "trialog/logic/url.js";
import { place, setState } from "trialog/shell/router.js";

/** @typedef {import("trialog/api.d.ts").Compared} Compared */
/** @typedef {import("trialog/api.d.ts").RunHead} RunHead */

export const MOST_RUNS = 200;

/** @type {import("@preact/signals").Signal<Compared | null>} */
export const found = signal(/** @type {Compared | null} */ (null));
/** @type {import("@preact/signals").Signal<unknown>} */
export const failure = signal(/** @type {unknown} */ (null));

export const project = computed(() => `${place.value.namespace}/${place.value.project}`);
const idsText = computed(() => place.value.state.runs ?? "");
/** Ids in the order of the columns. */
export const ids = computed(() => [...new Set(splitList(idsText.value))].filter(Boolean));
/** Whether rows that are the same in all runs are shown too. */
export const isAll = computed(() => place.value.state.all === "1");
/** What rows must have in their name or their values. */
export const search = computed(() => place.value.state.q ?? "");

/** The runs that were found, in the order of the address: a run that is moved or removed needs no answer. */
export const runs = computed(() => {
  const known = new Map((found.value?.runs ?? []).map((run, at) => [run.id, { run, at }]));
  return ids.value.flatMap((id) => known.get(id) ?? []);
});
/** The column of the baseline: the first, where the address names none. */
export const baseline = computed(() => Math.max(0, runs.value.findIndex(({ run }) => run.id === place.value.state.baseline)));

/** Ids that nothing was found for. */
export const lost = computed(() => {
  const known = new Set((found.value?.runs ?? []).map((run) => run.id));
  return found.value ? ids.value.filter((id) => !known.has(id) && asked.value.includes(id)) : [];
});

/** All rows, with the values in the order of the columns. */
const ordered = computed(() => {
  const places = runs.value.map(({ at }) => at);
  const isPart = places.length < (found.value?.runs.length ?? 0);
  return (found.value?.areas ?? []).map((area) => ({
    name: area.name,
    rows: area.rows.map((row) => {
      const values = places.map((at) => row.values[at]);
      const differs = row.differs && (!isPart || new Set(values.map((value) => JSON.stringify(value ?? null))).size > 1);
      return { name: row.name, values, differs };
    }),
  }));
});
export const areas = computed(() => shownAreas(ordered.value, { text: search.value, isAll: isAll.value }));
export const rowCount = computed(() => ordered.value.reduce((sum, area) => sum + area.rows.length, 0));
export const differing = computed(() => ordered.value.reduce((sum, area) => sum + area.rows.filter((row) => row.differs).length, 0));

const chartIds = computed(() => joinList(runs.value.map(({ run }) => run.id)));
/** What the charts below are of; the same object until the runs change. */
export const chartSource = computed(() => {
  const source = sourceOfRuns({ project: project.value, runs: splitList(chartIds.value), metrics: found.peek()?.metrics ?? null });
  return { ...source, baseline: computed(() => runs.value[baseline.value]?.run.id ?? "") };
});

/** Rises when the runs have changed: who shows more of them than `found` asks again. */
export const version = signal(0);
/** Ids that the last answer is of. */
const asked = signal(/** @type {readonly string[]} */ ([]));

/**
 * Asks for the runs of the address.
 * @param {AbortSignal} abort
 */
export async function load(abort) {
  const wanted = ids.value;
  const known = new Set(asked.value);
  if (found.value && wanted.length > 0 && wanted.every((id) => known.has(id)) && shownProject === project.value) {
    return;
  }
  if (shownProject !== project.value) {
    found.value = null;
    shownProject = project.value;
  }
  failure.value = null;
  if (!wanted.length) {
    found.value = null;
    asked.value = [];
    return;
  }
  try {
    const answer = await postJson("/compare", { project: project.value, runs: wanted }, abort);
    asked.value = wanted;
    found.value = answer;
  } catch (error) {
    if (!isAborted(error)) {
      failure.value = error;
    }
  }
}

/** Asks for the same runs again, because they have changed; what is shown stays until the answer is there, or if there is none. */
export async function loadAgain() {
  const [wanted, path] = [asked.value, project.value];
  if (!found.value || wanted.length === 0 || shownProject !== path) {
    return;
  }
  try {
    const answer = await postJson("/compare", { project: path, runs: wanted });
    if (asked.value === wanted && shownProject === path && found.value) {
      found.value = answer;
      chartSource.peek().metrics.value = answer.metrics;
      version.value += 1;
    }
  } catch {
    // the bar says that the server does not answer
  }
}

let shownProject = "";

/** Forgets what was shown: another visit asks anew. */
export function forget() {
  found.value = null;
  asked.value = [];
  shownProject = "";
}

/** @param {readonly string[]} next */
function setRuns(next) {
  setState({ runs: joinList(next) });
}

/** @param {string} id */
export function addRun(id) {
  setRuns([...ids.value.filter((each) => each !== id), id]);
}

/** @param {string} id */
export function removeRun(id) {
  setState({ runs: joinList(ids.value.filter((each) => each !== id)), baseline: place.value.state.baseline === id ? "" : place.value.state.baseline });
}

/** @param {string} id @param {number} by columns to the right */
export function moveRun(id, by) {
  setRuns(moved(ids.value, id, ids.value.indexOf(id) + by));
}

/** @param {string} id @param {string} before the run whose place it takes */
export function moveRunTo(id, before) {
  setRuns(moved(ids.value, id, ids.value.indexOf(before)));
}

/** @param {string} id */
export function makeBaseline(id) {
  setState({ baseline: id });
}

/**
 * What one run has, as the pages of runs ask it.
 * @param {RunHead} run
 * @param {string} part as "/console"
 * @param {Record<string, string | number>} query
 * @param {AbortSignal} abort
 */
export function askRun(run, part, query, abort) {
  const path = [run.namespace, run.project].map(encodeURIComponent).join("/");
  return getJson(`/projects/${path}/runs/${encodeURIComponent(run.id)}${part}`, query, abort);
}
