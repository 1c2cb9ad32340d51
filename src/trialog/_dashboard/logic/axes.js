/** Axes of parallel coordinates, scatters and heat maps: from the values of runs to places from 0 to 1. Pure. */

import { formatNumber } from "trialog/logic/formats.js";
import { linearTicks, logTicks } from "trialog/logic/scales.js";

/**
 * @typedef {"linear" | "log" | "category"} AxisKind
 * @typedef {string | number | boolean} Category
 * @typedef {{at: number, text: string}} PlacedTick at: from 0 to 1
 * @typedef {{id: string, title: string, text: string, values: readonly unknown[], isNumeric: boolean}} Column
 *   id: in the address; title: as people read it; text: in the filter language
 * @typedef {{id: string, title: string, text: string, kind: AxisKind, isNumeric: boolean, canBeLog: boolean, lo: number, hi: number,
 *   categories: readonly Category[], values: readonly unknown[], numbers: Float64Array, places: Float64Array, missing: number}} Axis
 *   numbers: as they are, NaN for none; places: 0 to 1, NaN for a missing value; missing: how many have none
 */

const DECADES = 2; // positive numbers that span so many are shown by their logarithms,
const BULK = 16; // unless the middle four fifths of them lie as close together as evenly spread ones do
const FEW = 8; // numbers of so few different values have their ticks at these

/**
 * What a value is as a number; NaN where it is none, or is not finite.
 * @param {unknown} value
 */
export function numberOf(value) {
  return typeof value === "number" && Number.isFinite(value) ? value : Number.NaN;
}

/** @param {unknown} value */
function isMissing(value) {
  return value === null || value === undefined || value === "NaN" || value === "Infinity" || value === "-Infinity";
}

/**
 * The axis of a column.
 * @param {Column} column
 * @param {{kind?: AxisKind, isFlipped?: boolean}} [wish] kind: left out, the data decide
 * @returns {Axis}
 */
export function axisOf({ id, title, text, values, isNumeric }, { kind: wished, isFlipped = false } = {}) {
  const numbers = Float64Array.from(values, numberOf);
  let [lo, hi] = [Infinity, -Infinity];
  for (const each of numbers) {
    if (each < lo) { lo = each; }
    if (each > hi) { hi = each; }
  }
  const hasNumbers = isNumeric && lo <= hi;
  const canBeLog = hasNumbers && lo > 0 && hi > lo;
  /** @type {AxisKind} */
  let kind = hasNumbers ? (canBeLog && isWide(numbers, lo, hi) ? "log" : "linear") : "category";
  if (wished === "category" || (wished === "linear" && hasNumbers) || (wished === "log" && canBeLog)) {
    kind = wished;
  }
  const categories = kind === "category" ? categoriesOf(values) : [];
  if (kind === "category") {
    [lo, hi] = [0, Math.max(0, categories.length - 1)];
  }
  const places = new Float64Array(values.length);
  const order = new Map(categories.map((each, at) => [keyOf(each), at]));
  let missing = 0;
  for (let at = 0; at < values.length; at += 1) {
    const found = kind === "category"
      ? isMissing(values[at]) ? Number.NaN : shareOf(order.get(keyOf(values[at])) ?? 0, lo, hi, false)
      : shareOf(numbers[at], lo, hi, kind === "log");
    places[at] = isFlipped ? 1 - found : found;
    missing += Number.isNaN(found) ? 1 : 0;
  }
  return { id, title, text, kind, isNumeric: hasNumbers, canBeLog, lo, hi, categories, values, numbers, places, missing };
}

/**
 * Whether positive numbers are rather spread by their sizes than evenly.
 * @param {Float64Array} numbers
 * @param {number} lo
 * @param {number} hi
 */
function isWide(numbers, lo, hi) {
  const sorted = numbers.filter((each) => !Number.isNaN(each)).sort();
  const at = (/** @type {number} */ share) => sorted[Math.round((sorted.length - 1) * share)];
  return Math.log10(hi / lo) >= DECADES - 1e-9 && at(0.9) / at(0.1) >= BULK;
}

/** @param {unknown} value */
function keyOf(value) {
  return `${typeof value} ${value}`;
}

/**
 * @param {number} value
 * @param {number} lo
 * @param {number} hi
 * @param {boolean} isLog
 */
function shareOf(value, lo, hi, isLog) {
  if (lo === hi) {
    return Number.isNaN(value) ? Number.NaN : 0.5;
  }
  return isLog ? Math.log(value / lo) / Math.log(hi / lo) : (value - lo) / (hi - lo);
}

/**
 * The different values: numbers in their order, then flags and texts in that of the alphabet.
 * @param {readonly unknown[]} values
 * @returns {Category[]}
 */
export function categoriesOf(values) {
  /** @type {Map<string, Category>} */
  const found = new Map();
  for (const value of values) {
    if (!isMissing(value)) {
      found.set(keyOf(value), typeof value === "number" || typeof value === "boolean" ? value : String(value));
    }
  }
  return [...found.values()].sort((one, other) => {
    if (typeof one === "number" && typeof other === "number") {
      return one - other;
    }
    if ((typeof one === "number") !== (typeof other === "number")) {
      return typeof one === "number" ? -1 : 1;
    }
    return String(one).localeCompare(String(other), "en", { numeric: true });
  });
}

/**
 * Where a number stands on an axis of numbers, from 0 to 1; NaN where it does not.
 * @param {Axis} axis
 * @param {number} value
 * @param {boolean} [isFlipped]
 */
export function placeOf(axis, value, isFlipped = false) {
  const share = shareOf(value, axis.lo, axis.hi, axis.kind === "log");
  return isFlipped ? 1 - share : share;
}

/**
 * The number at a place, with no more digits than a drag can mean.
 * @param {Axis} axis
 * @param {number} place
 * @param {boolean} [isFlipped]
 */
export function valueAt(axis, place, isFlipped = false) {
  const share = Math.min(1, Math.max(0, isFlipped ? 1 - place : place));
  const value = axis.kind === "log" ? axis.lo * (axis.hi / axis.lo) ** share : axis.lo + (axis.hi - axis.lo) * share;
  if (axis.kind === "log") {
    return Number(value.toPrecision(3));
  }
  const digits = Math.max(0, Math.min(15, 3 - Math.floor(Math.log10(axis.hi - axis.lo || 1))));
  return Number(value.toFixed(digits));
}

/**
 * @param {Axis} axis
 * @param {number} count about so many
 * @param {boolean} [isFlipped]
 * @returns {PlacedTick[]}
 */
export function axisTicks(axis, count, isFlipped = false) {
  const turned = (/** @type {number} */ share) => (isFlipped ? 1 - share : share);
  if (axis.kind === "category") {
    const every = Math.max(1, Math.ceil(axis.categories.length / Math.max(1, count * 2)));
    return axis.categories.map((each, at) => ({ at: turned(shareOf(at, axis.lo, axis.hi, false)), text: categoryText(each) }))
      .filter((_, at) => at % every === 0);
  }
  if (axis.lo === axis.hi) {
    return [{ at: 0.5, text: formatNumber(axis.lo, 4) }];
  }
  const distinct = new Set(axis.numbers);
  distinct.delete(Number.NaN);
  const few = distinct.size <= FEW ? apart([...distinct].sort((one, other) => one - other), axis, 1 / Math.max(1, count * 2)) : null;
  const ticks = few ?? (axis.kind === "log" ? logTicks([axis.lo, axis.hi], count) : linearTicks([axis.lo, axis.hi], count));
  return ticks.map((value) => ({ at: turned(shareOf(value, axis.lo, axis.hi, axis.kind === "log")), text: formatNumber(value, 4) }));
}

/**
 * Of ascending numbers, those that leave room between; the first and the last stay.
 * @param {number[]} numbers
 * @param {Axis} axis
 * @param {number} room
 */
function apart(numbers, axis, room) {
  const last = numbers[numbers.length - 1];
  let before = -Infinity;
  return numbers.filter((each) => {
    const place = placeOf(axis, each);
    const hasRoom = each === last || (place - before >= room && (each === numbers[0] || 1 - place >= room));
    before = hasRoom ? place : before;
    return hasRoom;
  });
}

/** @param {Category} value */
export function categoryText(value) {
  return typeof value === "number" ? formatNumber(value) : value === "" ? "(empty)" : String(value);
}

/**
 * The axes that are shown where nobody has chosen: what matters most, in the order it was logged, then what is asked for last.
 * @param {readonly string[]} ids in the order they were logged
 * @param {readonly string[]} important the most important first; others follow as they were logged
 * @param {number} most
 */
export function chooseAxes(ids, important, most) {
  const ranked = [...important.filter((id) => ids.includes(id)), ...ids.filter((id) => !important.includes(id))].slice(0, most);
  return ids.filter((id) => ranked.includes(id));
}

/**
 * A list with one item moved.
 * @param {readonly string[]} ids
 * @param {string} id
 * @param {number} to its place afterwards
 */
export function moved(ids, id, to) {
  const rest = ids.filter((each) => each !== id);
  const place = Math.max(0, Math.min(rest.length, to));
  return ids.includes(id) ? [...rest.slice(0, place), id, ...rest.slice(place)] : [...ids];
}
