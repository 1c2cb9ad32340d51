/** Runs side by side: which rows are shown, how far each is from the baseline, the same as Markdown and CSV. Pure. */

import { csvText } from "trialog/logic/csv.js";
import { formatNumber, formatValue } from "trialog/logic/formats.js";

const MANIFOLD = 10; // from this factor on, it says more than percent do
const EXPONENTIAL = 1e5;

/**
 * @typedef {{name: string, values: readonly unknown[], differs: boolean}} Row
 * @typedef {{name: string, rows: readonly Row[]}} Area
 * @typedef {{text: string, relative: string, share: number, isMore: boolean}} Delta relative: in percent, or as a factor; share: of the largest one in its row, from 0 to 1
 */

/**
 * The rows that are looked for; areas without one are left out.
 * @param {readonly Area[]} areas
 * @param {{text: string, isAll: boolean}} wish
 * @returns {(Area & {total: number})[]}
 */
export function shownAreas(areas, { text, isAll }) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return areas.map((area) => ({
    ...area,
    total: area.rows.length,
    rows: area.rows.filter((row) => (isAll || row.differs) && words.every((word) => isFound(row, word))),
  })).filter((area) => area.rows.length > 0);
}

/**
 * @param {Row} row
 * @param {string} word
 */
function isFound(row, word) {
  return row.name.toLowerCase().includes(word) || row.values.some((value) => String(value ?? "").toLowerCase().includes(word));
}

/** @param {unknown} value @returns {value is number} */
function isNumber(value) {
  return typeof value === "number" && Number.isFinite(value);
}

/**
 * How far each value is from the baseline's; null where there is nothing to tell, or more than a number can say.
 * @param {readonly unknown[]} values
 * @param {number} baseline its place
 * @returns {(Delta | null)[]}
 */
export function deltasOf(values, baseline) {
  const base = values[baseline];
  if (!isNumber(base)) {
    return values.map(() => null);
  }
  const far = values.map((value) => (isNumber(value) ? value - base : 0));
  const most = Math.max(...far.map(Math.abs).filter(Number.isFinite)) || 1;
  return values.map((value, at) => {
    if (at === baseline || !isNumber(value) || far[at] === 0 || !Number.isFinite(far[at])) {
      return null;
    }
    const sign = far[at] > 0 ? "+" : "−";
    return {
      text: sign + formatNumber(Math.abs(far[at]), 3),
      relative: relativeOf(value, base),
      share: Math.abs(far[at]) / most,
      isMore: far[at] > 0,
    };
  });
}

/**
 * How a value stands to the baseline's: a factor from tenfold on, else percent; nothing where their signs differ or the baseline is 0.
 * @param {number} value
 * @param {number} base
 */
function relativeOf(value, base) {
  const factor = value / base;
  if (!(factor >= 0) || base === 0 || !Number.isFinite(factor)) {
    return "";
  }
  if (factor >= MANIFOLD) {
    const rounded = Number(factor.toPrecision(3));
    return `× ${rounded < EXPONENTIAL ? formatNumber(rounded, 3) : rounded.toExponential(1).replace(".0e", "e").replace("e+", "e")}`;
  }
  const percent = (Math.abs(value - base) / Math.abs(base)) * 100;
  const rounded = percent < 0.001 ? Number(percent.toExponential(0)) : Number(percent.toPrecision(3));
  return `${value > base ? "+" : "−"}${formatNumber(rounded, 3)} %`;
}

/**
 * A cell's text.
 * @param {unknown} value
 */
export function wordOf(value) {
  if (value === "Infinity" || value === "-Infinity") {
    return formatNumber(Number(value));
  }
  return Array.isArray(value) ? value.join(", ") : formatValue(value);
}

/**
 * What is shown as a table in Markdown.
 * @param {readonly string[]} names of the runs
 * @param {readonly Area[]} areas
 */
export function markdownOf(names, areas) {
  const cell = (/** @type {unknown} */ value) => wordOf(value).replace(/[\\|]/g, (found) => `\\${found}`).replace(/\s*\n\s*/g, " ");
  const line = (/** @type {readonly unknown[]} */ cells) => `| ${cells.map(cell).join(" | ")} |`;
  const rows = areas.flatMap((area) => [`| **${area.name}** |${" |".repeat(names.length)}`, ...area.rows.map((row) => line([row.name, ...row.values]))]);
  return [line(["", ...names]), `| --- |${names.map(() => " --- |").join("")}`, ...rows].join("\n");
}

/**
 * What is shown as CSV, numbers whole.
 * @param {readonly string[]} names
 * @param {readonly Area[]} areas
 */
export function csvOf(names, areas) {
  return csvText([["section", "name", ...names], ...areas.flatMap((area) => area.rows.map((row) => [area.name, row.name, ...row.values]))]);
}

/**
 * Which picture of a run is shown at a step: its latest up to there; -1 for none.
 * @param {readonly (number | null)[]} steps ascending; null first, for one without a step
 * @param {readonly (string | null)[]} urls of the run, at each of the steps
 * @param {number} at a place in `steps`
 */
export function pictureAt(steps, urls, at) {
  for (let place = Math.min(at, steps.length - 1); place >= 0; place -= 1) {
    if (urls[place] !== null) {
      return place;
    }
  }
  return -1;
}
