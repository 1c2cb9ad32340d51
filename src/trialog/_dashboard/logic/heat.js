/** Two parameters against an outcome: its mean in each cell of a small grid, with how many runs that is of. Pure. */

import { categoryText, placeOf, valueAt } from "trialog/logic/axes.js";
import { formatNumber } from "trialog/logic/formats.js";

const MOST_VALUES = 12; // of numbers: more different ones are put into bins
const BINS = 8;
const MOST_CATEGORIES = 24;

/**
 * @typedef {import("trialog/logic/axes.js").Axis} Axis
 * @typedef {{texts: string[], shorts: string[], places: Int32Array, left: number}} Bins texts: of each bin, shorts: for where there is little room; places: each run's bin, -1 for none; left: runs without one
 * @typedef {{count: number, mean: number}} Cell mean: NaN where there is none
 */

/**
 * @param {Axis} axis
 * @returns {Bins}
 */
export function binsOf(axis) {
  const places = new Int32Array(axis.values.length).fill(-1);
  /** @type {string[]} */
  let texts = [];
  /** @type {string[] | null} */
  let shorts = null;
  if (axis.kind === "category") {
    const shown = axis.categories.slice(0, MOST_CATEGORIES);
    const order = new Map(shown.map((each, at) => [`${typeof each} ${each}`, at]));
    texts = shown.map(categoryText);
    axis.values.forEach((value, at) => { places[at] = order.get(`${typeof value} ${value}`) ?? -1; });
  } else {
    const distinct = [...new Set(axis.numbers)].filter((each) => !Number.isNaN(each)).sort((one, other) => one - other);
    if (distinct.length <= MOST_VALUES) {
      const order = new Map(distinct.map((each, at) => [each, at]));
      texts = distinct.map((each) => formatNumber(each, 4));
      axis.numbers.forEach((value, at) => { places[at] = order.get(value) ?? -1; });
    } else {
      texts = Array.from({ length: BINS }, (_, at) => `${formatNumber(valueAt(axis, at / BINS), 2)} to ${formatNumber(valueAt(axis, (at + 1) / BINS), 2)}`);
      shorts = texts.map((_, at) => `${formatNumber(valueAt(axis, at / BINS), 2)}…`);
      axis.numbers.forEach((value, at) => {
        places[at] = Number.isNaN(value) ? -1 : Math.min(BINS - 1, Math.floor(placeOf(axis, value) * BINS));
      });
    }
  }
  return { texts, shorts: shorts ?? texts, places, left: places.reduce((sum, place) => sum + (place < 0 ? 1 : 0), 0) };
}

/**
 * @param {Bins} x
 * @param {Bins} y
 * @param {Float64Array} outcomes NaN for none
 * @param {Uint8Array} kept runs that count
 * @returns {{cells: Cell[][], lo: number, hi: number, count: number}} cells by y, then by x; lo and hi of the means
 */
export function heatOf(x, y, outcomes, kept) {
  const cells = y.texts.map(() => x.texts.map(() => ({ count: 0, mean: Number.NaN })));
  let count = 0;
  for (let at = 0; at < outcomes.length; at += 1) {
    if (kept[at] && x.places[at] >= 0 && y.places[at] >= 0 && !Number.isNaN(outcomes[at])) {
      const cell = cells[y.places[at]][x.places[at]];
      cell.count += 1;
      cell.mean = cell.count === 1 ? outcomes[at] : cell.mean + (outcomes[at] - cell.mean) / cell.count;
      count += 1;
    }
  }
  const means = cells.flat().filter((cell) => cell.count > 0).map((cell) => cell.mean);
  return { cells, lo: Math.min(...means), hi: Math.max(...means), count };
}

/**
 * Which ink is read on a colour: dark or light.
 * @param {string} colour as `#rrggbb`
 * @returns {"dark" | "light"}
 */
export function inkOn(colour) {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255).map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
  const light = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  return light > 0.179 ? "dark" : "light";
}
