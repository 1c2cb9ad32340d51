/** A sweep: its runs, what they were given, what they came to, and which of them are brushed. The address is the state. */

import { computed, signal } from "@preact/signals";

import { axisOf, chooseAxes, numberOf } from "trialog/logic/axes.js";
import { boundOf, formatBrushes, keptRuns, parseBrushes } from "trialog/logic/brushes.js";
import { joinList, splitList } from "trialog/logic/url.js";
import { place, setState } from "trialog/shell/router.js";

/**
 * @typedef {import("trialog/api.d.ts").Sweep} Sweep
 * @typedef {import("trialog/api.d.ts").SweepImportances} Importances
 * @typedef {import("trialog/logic/axes.js").Axis} Axis
 * @typedef {import("trialog/logic/axes.js").AxisKind} AxisKind
 * @typedef {import("trialog/logic/axes.js").Column} Column
 * @typedef {import("trialog/logic/brushes.js").Brush} Brush
 */

const MOST_AXES = 8;
const FACTS = ["duration"];

/** @type {import("@preact/signals").Signal<Sweep | null>} */
export const sweep = signal(/** @type {Sweep | null} */ (null));
/** @type {import("@preact/signals").Signal<Importances | null>} */
export const importances = signal(/** @type {Importances | null} */ (null));
/** @type {import("@preact/signals").Signal<unknown>} */
export const failure = signal(/** @type {unknown} */ (null));
/** @type {import("@preact/signals").Signal<unknown>} */
export const importanceFailure = signal(/** @type {unknown} */ (null));
/** The place of the run under the pointer; -1 for none. */
export const hovered = signal(-1);
/** Brushes while they are drawn; null where the address says all. */
export const draft = signal(/** @type {ReadonlyMap<string, Brush> | null} */ (null));

/** @param {string} key */
const text = (key) => computed(() => place.value.state[key] ?? "");
/** @param {string} key */
const list = (key) => {
  const words = text(key);
  return computed(() => splitList(words.value));
};

export const project = computed(() => `${place.value.namespace}/${place.value.project}`);
export const where = text("where");
const runsText = text("runs");
/** Ids that the sweep is of; null where the filter alone says. */
export const onlyRuns = computed(() => (runsText.value ? splitList(runsText.value) : null));
const goalText = text("goal");
const objectiveText = text("objective");
export const goal = computed(() => sweep.value?.goal ?? "max");
export const objective = computed(() => sweep.value?.objective ?? "");
const axesWish = list("axes");
const scales = computed(() => {
  const items = splitList(place.value.state.scales);
  return new Map(items.flatMap((id, at) => (at % 2 ? [] : [[id, /** @type {AxisKind} */ (items[at + 1])]])));
});
export const flipped = list("flip");
const topText = text("top");
/** So many percent of the runs, the best ones; null for all. */
export const top = computed(() => {
  const number = Number(topText.value);
  return topText.value && number > 0 && number < 100 ? number : null;
});
export const isInverted = computed(() => place.value.state.not === "1");
const brushText = text("b");
export const brushes = computed(() => draft.value ?? parseBrushes(brushText.value));

/** All that an axis can be of, by its id: parameters by their names, measures as the filter language asks for them. */
export const columns = computed(() => {
  const known = sweep.value;
  /** @type {Map<string, Column>} */
  const found = new Map();
  for (const each of known?.columns ?? []) {
    found.set(each.name, { id: each.name, title: each.name, text: each.text, values: each.values, isNumeric: each.type === "number" });
  }
  for (const each of known?.measures ?? []) {
    found.set(each.text, { id: each.text, title: each.text, text: each.text, values: each.values, isNumeric: each.type === "number" });
  }
  if (known?.objective) {
    const isNumeric = known.outcomes.every((each) => each === null || typeof each === "number" || each === "NaN" || each === "Infinity" || each === "-Infinity");
    found.set(known.objective, { id: known.objective, title: known.objective, text: known.objective, values: known.outcomes, isNumeric });
  }
  return found;
});
export const parameterIds = computed(() => (sweep.value?.columns ?? []).map((each) => each.name));
/** What else can be an axis: measures that need not be known yet. */
export const measureIds = computed(() => [...new Set([...(sweep.value?.choices ?? []), ...FACTS])].filter((id) => id !== objective.value));

const importantIds = computed(() => (importances.value?.parameters ?? []).map((each) => each.name));
/** Ids of the axes that are shown, the objective last where it is not among them. */
export const axisIds = computed(() => {
  const known = columns.value;
  const chosen = axesWish.value.length ? axesWish.value.filter((id) => known.has(id)) : chooseAxes(parameterIds.value, importantIds.value, MOST_AXES);
  return objective.value && !chosen.includes(objective.value) ? [...chosen, objective.value] : chosen;
});

/** Axes of all columns, made when they are first asked for. */
const made = computed(() => {
  const known = columns.value;
  const kinds = scales.value;
  const turned = new Set(flipped.value);
  /** @type {Map<string, Axis>} */
  const axes = new Map();
  return (/** @type {string} */ id, isStraight = false) => {
    const key = `${isStraight} ${id}`;
    const column = known.get(id);
    if (column && !axes.has(key)) {
      axes.set(key, axisOf(column, { kind: kinds.get(id), isFlipped: !isStraight && turned.has(id) }));
    }
    return axes.get(key) ?? null;
  };
});
/** @param {string} id @param {boolean} [isStraight] not flipped, as in a scatter */
export const axisFor = (id, isStraight = false) => made.value(id, isStraight);
export const axes = computed(() => axisIds.value.map((id) => axisFor(id)).filter((axis) => axis !== null));

/** The axes of the scatter and of the heat map. */
export const pair = computed(() => {
  const { x, y, hx, hy } = place.value.state;
  const ranked = [...importantIds.value, ...parameterIds.value].filter((id, at, all) => columns.value.has(id) && all.indexOf(id) === at);
  const isFull = (/** @type {Axis | null} */ axis) => axis !== null && axis.lo < axis.hi && axis.missing <= axis.values.length / 2;
  const full = ranked.filter((id) => isFull(axisFor(id, true)));
  const [first, second] = [...full, ...ranked.filter((id) => !full.includes(id))];
  const known = (/** @type {string | undefined} */ id, /** @type {string | undefined} */ other) => (id && columns.value.has(id) ? id : other ?? "");
  return {
    x: known(x, first ?? objective.value),
    y: known(y, objective.value || second),
    hx: known(hx, first),
    hy: known(hy, second),
  };
});

export const bound = computed(() => boundOf(sweep.value?.outcomes ?? [], goal.value, top.value));
export const isBrushed = computed(() => brushes.value.size > 0 || top.value !== null);
/** 1 for each run that the brushes keep. */
export const kept = computed(() => keptRuns({
  count: sweep.value?.runs.length ?? 0,
  brushes: brushes.value,
  valuesOf: (id) => columns.value.get(id)?.values ?? null,
  outcomes: sweep.value?.outcomes ?? [],
  goal: goal.value,
  top: top.value,
  isInverted: isInverted.value && isBrushed.value,
}));
export const keptCount = computed(() => kept.value.reduce((sum, each) => sum + each, 0));
/** How good each run is, from 0 to 1; NaN where that is not known. */
export const goodness = computed(() => {
  const axis = axisFor(objective.value, true);
  const count = sweep.value?.runs.length ?? 0;
  if (!axis || axis.kind === "category") {
    return new Float64Array(count).fill(Number.NaN);
  }
  return goal.value === "max" ? axis.places : axis.places.map((each) => 1 - each);
});
/** Places of the runs that are kept, the best first; those without an outcome last. */
export const ranked = computed(() => {
  const outcomes = (sweep.value?.outcomes ?? []).map(numberOf);
  const sign = goal.value === "max" ? -1 : 1;
  const places = outcomes.flatMap((_, at) => (kept.value[at] ? [at] : []));
  return places.sort((one, other) => {
    const isKnown = [one, other].map((at) => !Number.isNaN(outcomes[at]));
    return isKnown[0] && isKnown[1] ? sign * (outcomes[one] - outcomes[other]) : Number(isKnown[1]) - Number(isKnown[0]);
  });
});

/** What the page must know of each run beyond parameters and objective. */
const measures = computed(() => {
  const { x, y } = place.value.state;
  const wanted = [...axesWish.value, x, y, ...parseBrushes(brushText.value).keys()];
  return joinList([...new Set(wanted.filter((id) => id && (FACTS.includes(id) || /^[a-z_]+\(.*\)$/.test(id))).map(String))].sort());
});
const query = computed(() => JSON.stringify({
  selection: { project: project.value, where: where.value, runs: onlyRuns.value },
  objective: objectiveText.value || null,
  goal: goalText.value === "max" || goalText.value === "min" ? goalText.value : null,
}));
export const wish = computed(() => JSON.stringify({ ...JSON.parse(query.value), measures: splitList(measures.value) }));
export { query };

/** Forgets what was shown: another visit asks anew. */
export function forget() {
  sweep.value = null;
  importances.value = null;
  failure.value = null;
  draft.value = null;
  hovered.value = -1;
}

/**
 * Puts a brush on an axis; null takes it away.
 * @param {Record<string, Brush | null>} changes
 * @param {{isDraft?: boolean}} [how] isDraft: while it is drawn
 */
export function brush(changes, { isDraft = false } = {}) {
  const next = new Map(brushes.value);
  for (const [id, each] of Object.entries(changes)) {
    next.delete(id);
    if (each) {
      next.set(id, each);
    }
  }
  if (isDraft) {
    draft.value = next;
  } else {
    draft.value = null;
    setState({ b: formatBrushes(next) });
  }
}

/** Takes all brushes away. */
export function clearBrushes() {
  draft.value = null;
  setState({ b: "", top: "", not: "" });
}

/** @param {readonly string[]} ids */
export function showAxes(ids) {
  setState({ axes: joinList(ids) });
}

/** @param {string} id @param {AxisKind} kind */
export function scaleAxis(id, kind) {
  const next = new Map(scales.value).set(id, kind);
  setState({ scales: joinList([...next].flat()), b: formatBrushes(new Map([...brushes.value].filter(([each]) => each !== id))) });
}

/** @param {string} id */
export function flipAxis(id) {
  setState({ flip: joinList(flipped.value.includes(id) ? flipped.value.filter((each) => each !== id) : [...flipped.value, id]) });
}
