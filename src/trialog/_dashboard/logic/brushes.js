/** Brushes on axes: which runs they keep, how they stand in an address and in the filter language. Pure. */

import { categoryText, numberOf } from "trialog/logic/axes.js";
import { formatNumber } from "trialog/logic/formats.js";
import { isValue } from "trialog/logic/operands.js";
import { joinList, splitList } from "trialog/logic/url.js";

/**
 * @typedef {{lo: number | null, hi: number | null, values: readonly string[] | null, hasMissing: boolean}} Brush
 *   lo, hi: of numbers, both kept; values: instead of these, the texts of categories; with none of the three only missing ones
 * @typedef {ReadonlyMap<string, Brush>} Brushes by axis
 */

/** @param {Brush} brush */
function isRange(brush) {
  return brush.values === null && (brush.lo !== null || brush.hi !== null);
}

/**
 * As in `lr,0.001..0.01,model,=a|b,depth,?`.
 * @param {Brushes} brushes
 */
export function formatBrushes(brushes) {
  return joinList([...brushes].flatMap(([id, brush]) => [id, formatBrush(brush)]));
}

/** @param {Brush} brush */
function formatBrush(brush) {
  const missing = brush.hasMissing ? "?" : "";
  if (brush.values) {
    return `${missing}=${brush.values.map((each) => each.replace(/[\\|]/g, (found) => `\\${found}`)).join("|")}`;
  }
  return isRange(brush) ? `${missing}${brush.lo ?? ""}..${brush.hi ?? ""}` : missing;
}

/**
 * @param {string | undefined} text
 * @returns {Map<string, Brush>} what cannot be understood is left out
 */
export function parseBrushes(text) {
  const items = splitList(text);
  /** @type {Map<string, Brush>} */
  const found = new Map();
  for (let at = 0; at + 1 < items.length; at += 2) {
    const brush = parseBrush(items[at + 1]);
    if (brush) {
      found.set(items[at], brush);
    }
  }
  return found;
}

/**
 * @param {string} text
 * @returns {Brush | null}
 */
function parseBrush(text) {
  const hasMissing = text.startsWith("?");
  const rest = hasMissing ? text.slice(1) : text;
  if (rest.startsWith("=")) {
    const values = rest.slice(1).match(/(?:\\.|[^|\\])+|(?<=^|\|)(?=\||$)/gs) ?? [];
    return { lo: null, hi: null, values: values.map((each) => each.replace(/\\(.)/gs, "$1")), hasMissing };
  }
  if (!rest) {
    return hasMissing ? { lo: null, hi: null, values: null, hasMissing } : null;
  }
  const ends = /^(.*?)\.\.(.*)$/.exec(rest)?.slice(1).map((end) => (end === "" ? null : Number(end)));
  if (!ends || ends.some((end) => Number.isNaN(end)) || ends.every((end) => end === null)) {
    return null;
  }
  return { lo: ends[0], hi: ends[1], values: null, hasMissing };
}

/**
 * Whether a value is kept.
 * @param {Brush} brush
 * @param {unknown} value
 */
export function keeps(brush, value) {
  const number = numberOf(value);
  if (value === null || value === undefined || value === "NaN" || value === "Infinity" || value === "-Infinity") {
    return brush.hasMissing;
  }
  if (brush.values) {
    return brush.values.includes(String(value));
  }
  return isRange(brush) && number >= (brush.lo ?? -Infinity) && number <= (brush.hi ?? Infinity);
}

/**
 * Which runs all brushes keep, and the best share of them.
 * @param {{count: number, brushes: Brushes, valuesOf: (id: string) => readonly unknown[] | null, outcomes: readonly unknown[],
 *   goal: "max" | "min", top: number | null, isInverted?: boolean}} what top: so many percent of all runs with an outcome; isInverted: the others
 * @returns {Uint8Array} 1 for a run that is kept
 */
export function keptRuns({ count, brushes, valuesOf, outcomes, goal, top, isInverted = false }) {
  const kept = new Uint8Array(count).fill(1);
  for (const [id, brush] of brushes) {
    const values = valuesOf(id);
    for (let at = 0; values && at < count; at += 1) {
      if (kept[at] && !keeps(brush, values[at])) {
        kept[at] = 0;
      }
    }
  }
  const bound = boundOf(outcomes, goal, top);
  for (let at = 0; bound !== null && at < count; at += 1) {
    const outcome = numberOf(outcomes[at]);
    if (!(goal === "max" ? outcome >= bound : outcome <= bound)) {
      kept[at] = 0;
    }
  }
  return isInverted ? kept.map((each) => 1 - each) : kept;
}

/**
 * The worst outcome that is still among the best so many percent.
 * @param {readonly unknown[]} outcomes
 * @param {"max" | "min"} goal
 * @param {number | null} top
 * @returns {number | null}
 */
export function boundOf(outcomes, goal, top) {
  const known = outcomes.map(numberOf).filter((each) => !Number.isNaN(each)).sort((one, other) => (goal === "max" ? other - one : one - other));
  return top === null || !known.length ? null : known[Math.max(0, Math.ceil((known.length * top) / 100) - 1)];
}

/**
 * The same runs in the filter language.
 * @param {{brushes: Brushes, columnOf: (id: string) => {text: string, values: readonly unknown[]} | null, objective: string,
 *   goal: "max" | "min", bound: number | null, isInverted?: boolean}} what
 */
export function brushFilter({ brushes, columnOf, objective, goal, bound, isInverted = false }) {
  const parts = [];
  for (const [id, brush] of brushes) {
    const column = columnOf(id);
    if (column) {
      parts.push(conditionOf(brush, column));
    }
  }
  if (bound !== null) {
    parts.push(`${objective} ${goal === "max" ? ">=" : "<="} ${bound}`);
  }
  const text = parts.length > 1 ? parts.map((part) => (/ or /.test(part) ? `(${part})` : part)).join(" and ") : parts[0] ?? "";
  return isInverted && text ? `not (${text})` : text;
}

/**
 * @param {Brush} brush
 * @param {{text: string, values: readonly unknown[]}} column
 */
function conditionOf(brush, { text, values }) {
  const parts = [];
  if (brush.values) {
    const typed = brush.values.map((each) => values.find((value) => value !== null && String(value) === each) ?? each);
    parts.push(typed.map((value) => isValue(text, /** @type {string | number | boolean} */ (value))).join(" or ") || "False");
  } else if (isRange(brush)) {
    parts.push([brush.lo === null ? "" : `${text} >= ${brush.lo}`, brush.hi === null ? "" : `${text} <= ${brush.hi}`].filter(Boolean).join(" and "));
  }
  if (brush.hasMissing) {
    parts.push(`${text} is None`);
  }
  return parts.length > 1 ? parts.map((part) => (/ (and|or) /.test(part) ? `(${part})` : part)).join(" or ") : parts[0];
}

/**
 * A brush in a few words.
 * @param {Brush} brush
 */
export function brushWords(brush) {
  const words = [];
  if (brush.values) {
    words.push(brush.values.length ? brush.values.map((each) => categoryText(each)).join(", ") : "nothing");
  } else if (isRange(brush)) {
    words.push(brush.lo === null ? `up to ${formatNumber(Number(brush.hi), 4)}` : brush.hi === null ? `from ${formatNumber(brush.lo, 4)}`
      : `${formatNumber(brush.lo, 4)} to ${formatNumber(brush.hi, 4)}`);
  }
  if (brush.hasMissing) {
    words.push("no value");
  }
  return words.join(" or ");
}
