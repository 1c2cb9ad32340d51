/**
 * Which runs the project page shows, and how: what the table and the charts share.
 *
 * What is wished (filter, order, groups, pinned, hidden, baseline) is the address's state; changing it is a step for the
 * back button. What is known (the order of the runs) is told by the table once the server has answered. Charts need not
 * wait for it: `chartSelection` can be asked at once, and its answer has the same order.
 */

import { computed, signal } from "@preact/signals";

import { lineStyle } from "trialog/logic/colours.js";
import { joinList, splitList } from "trialog/logic/url.js";
import { isDark } from "trialog/shell/theme.js";
import { place, setState } from "trialog/shell/router.js";

/** So many lines are drawn at most, where the address does not say `limit=`. */
const DEFAULT_LIMIT = 1000;

/**
 * @typedef {{id: string, name: string}} Named
 * @typedef {{colour: string, dash: readonly number[], place: number}} Style place: in the order of the runs, from 0 on
 * @typedef {Named & Style & {isHidden: boolean, isPinned: boolean, isBaseline: boolean}} ShownRun
 */

/** @param {string} key */
const text = (key) => computed(() => place.value.state[key] ?? "");

/** `namespace/project`. */
const project = computed(() => `${place.value.namespace}/${place.value.project}`);
/** In the filter language; "" for all. */
const where = text("where");
/** In the filter language, as `-max(acc), lr`; "" for the newest first. */
const sort = text("sort");
/** A field of the filter language whose values are groups; "" for none. */
const group = text("group");
/** The id of the run that others are compared with; "" for none. */
const baseline = text("baseline");
/** At most so many runs are drawn: the first of the order. */
const limit = computed(() => Math.max(1, Number.parseInt(place.value.state.limit ?? "", 10) || DEFAULT_LIMIT));
/** Ids of the runs that stand first and are always drawn. */
const pinned = computed(() => splitList(place.value.state.pin));
/** The id of the one run that is drawn, all others being hidden; "" for none. */
const solo = text("solo");

/** The first `limit` runs in the order of the table; null until the server has told. Pinned ones that are not among them follow. */
const order = signal(/** @type {readonly Named[] | null} */ (null));
/** Whether pinned runs stand in `order` that the filter does not find among the first ones. */
const hasStrangers = signal(false);
/** Ids of the runs whose lines are not drawn. */
const hidden = computed(() => /** @type {ReadonlySet<string>} */ (new Set(
  solo.value ? (order.value ?? []).map((run) => run.id).filter((id) => id !== solo.value) : splitList(place.value.state.hide))));
/** How many runs the filter finds; null until the server has told. */
const total = signal(/** @type {number | null} */ (null));
/** The id of the run under the pointer or the cursor, in the table or in a chart; "" for none. Both set it. */
const hovered = signal("");
/** Ids of the runs that are ticked in the table. */
const selected = signal(/** @type {ReadonlySet<string>} */ (new Set()));
/** Rises when runs have changed: who shows them asks again. */
const version = signal(0);

/** How each run's line looks, by its place in the order; the same in the table and in every chart. */
const styles = computed(() => {
  const dark = isDark.value;
  return new Map((order.value ?? []).map((run, at) => [run.id, { ...lineStyle(at, dark), place: at }]));
});

/** The runs in order, with all that a line needs; null until the server has told. */
const shown = computed(() => order.value && order.value.map((run) => /** @type {ShownRun} */ ({
  ...run,
  .../** @type {Style} */ (styles.value.get(run.id)),
  isHidden: hidden.value.has(run.id),
  isPinned: pinned.value.includes(run.id),
  isBaseline: baseline.value === run.id,
})));

/** Filters and orders that the server has understood; of a wrong one nobody but the table asks. */
const understood = signal(/** @type {ReadonlySet<string>} */ (new Set([sentenceOf("", "")])));
let kept = { project: "", where: "", sort: "" };
/** The filter and the order that are drawn: the newest ones that the server understands; null before there are any. */
const drawn = computed(() => {
  if (understood.value.has(sentenceOf(where.value, sort.value))) {
    kept = { project: project.value, where: where.value, sort: sort.value };
  }
  return kept.project === project.value ? kept : null;
});

/** @param {string} filter @param {string} keys */
function sentenceOf(filter, keys) {
  return JSON.stringify([filter, keys]);
}

/**
 * Notes that the server understands a filter and an order.
 * @param {string} filter
 * @param {string} [keys] those of the address
 */
export function noteUnderstood(filter, keys = sort.peek()) {
  const sentence = sentenceOf(filter, keys);
  if (!understood.peek().has(sentence)) {
    understood.value = new Set(understood.peek()).add(sentence);
  }
}

/**
 * What a `ChartQuery` asks of: the same runs in the same order as `shown`; the hidden ones are left out where they are drawn.
 * It is null until the server has understood a filter.
 */
const chartSelection = computed(() => {
  const found = drawn.value;
  const runs = hasStrangers.value ? (order.value ?? []).map((run) => run.id) : null;
  return found && { ...found, runs, limit: runs ? null : limit.value };
});

export const selection = {
  project, where, sort, group, baseline, limit, pinned, solo, hidden, order, hasStrangers, total, hovered, selected, version, styles, shown, drawn, chartSelection,
};

/**
 * How a run's line looks, also before the order is known: then by its place in a chart's own answer.
 * @param {string} id
 * @param {number} at its place in that answer
 * @returns {Style}
 */
export function styleOf(id, at) {
  return styles.value.get(id) ?? { ...lineStyle(at, isDark.value), place: at };
}

/**
 * Shows or hides the lines of some runs.
 * @param {readonly string[]} ids
 * @param {boolean} [isHidden] left out: turns the first one's around, the others follow
 */
export function hideRuns(ids, isHidden = !hidden.value.has(ids[0])) {
  const next = new Set(splitList(place.value.state.hide));
  for (const id of ids) {
    next[isHidden ? "add" : "delete"](id);
  }
  setState({ hide: joinList([...next]), solo: "" });
}

/** @param {string} id */
export function togglePinned(id) {
  const rest = pinned.value.filter((each) => each !== id);
  setState({ pin: joinList(rest.length < pinned.value.length ? rest : [...rest, id]) });
}

/** @param {string} id the run that is compared with; "" for none, as is the one that already was */
export function setBaseline(id) {
  setState({ baseline: id === baseline.value ? "" : id });
}

/** @param {string} id the run that is drawn alone; the one that already is gives way to all */
export function soloRun(id) {
  setState({ solo: id === solo.value ? "" : id });
}
