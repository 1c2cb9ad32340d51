/** Columns of the table of runs: how they are called, how wide they are, in which order, and what they sort. Pure. */

import { metricText } from "trialog/logic/operands.js";

/**
 * @typedef {{text: string, kind: "parameter" | "metric" | "fact" | "curve", name: string, measure: string | null, type: string | null}} Column
 * @typedef {{text: string, isDescending: boolean}} SortKey
 */

/** The measure of a column that draws a metric: a column of the page, of which the filter language knows nothing. */
export const CURVE = "curve";
const CURVE_WIDTH = 140;

/**
 * The metric of a column as `curve("val/acc")`; null of others.
 * @param {string} text
 * @returns {string | null}
 */
export function curveMetric(text) {
  const found = /^curve\(\s*(?:("(?:[^"\\]|\\.)+")|([\p{L}_][\p{L}\p{N}_]*))\s*\)$/u.exec(text.trim());
  if (!found) {
    return null;
  }
  try {
    return found[1] ? JSON.parse(found[1]) : found[2];
  } catch {
    return null;
  }
}

/** @param {string} text @returns {Column | null} */
export function curveColumn(text) {
  const name = curveMetric(text);
  return name === null ? null : { text, kind: "curve", name, measure: CURVE, type: null };
}

/** What a column sorts by: one that draws a metric, by its last value. @param {string} text */
export function sortKeyOf(text) {
  const name = curveMetric(text);
  return name === null ? text : metricText("last", name);
}

const LEAST_WIDTH = 56;
const NUMBER_WIDTH = 80;
const TEXT_WIDTH = 92;
const LEAST_RAIL = 470;
const GREATEST_RAIL = 760;
const TWO_CHARTS = 724; // two cards, what is between and around them, a scroll bar
const GREATEST_WIDTH = 900;
/** @type {Record<string, number>} */
const FACT_WIDTHS = { status: 112, created: 140, updated: 140, ended: 140, duration: 96, age: 96, tags: 150, id: 220, reason: 220, description: 240, name: 220 };

/**
 * How wide a column is until somebody changes it: so that its name and a number can be read.
 * @param {Column} column
 * @param {readonly unknown[]} [values] some of them
 */
export function fittingWidth(column, values = []) {
  const known = column.kind === "fact" ? FACT_WIDTHS[column.name] : undefined;
  const badge = column.measure ? column.measure.length * 6 + 16 : 0;
  const least = column.kind === "curve" ? CURVE_WIDTH : isNumeric(column, values) ? NUMBER_WIDTH : TEXT_WIDTH;
  return known ?? Math.max(least, Math.round(Math.min(column.name.length, 20) * 7.6) + badge + 40);
}

/**
 * How wide a column is in which groups are told apart: as *lr = 0.01*, with how many there are.
 * @param {string} field that the runs of a group have in common; empty for no groups
 */
export function groupWidth(field) {
  return field ? Math.round(Math.min(field.length, 20) * 7.6) + 130 : 0;
}

/**
 * How wide the table is beside the charts until somebody changes it: as far as two charts find room beside each other.
 * @param {number} windowWidth
 */
export function fittingRail(windowWidth) {
  return Math.round(Math.max(LEAST_RAIL, Math.min(GREATEST_RAIL, windowWidth * 0.46, windowWidth - TWO_CHARTS)));
}

/**
 * Columns with another one shown, before all others so that it is in sight at once; or without it.
 * @param {readonly string[]} texts
 * @param {string} text
 * @param {boolean} isShown
 */
export function withColumn(texts, text, isShown) {
  const rest = texts.filter((each) => each !== text);
  return isShown ? [text, ...rest] : rest;
}

/** Whether a column's values stand at its end, as numbers do. @param {Column} column @param {readonly unknown[]} values */
export function isNumeric(column, values) {
  if (column.kind === "metric") {
    return true;
  }
  if (column.kind === "fact") {
    return column.type === "number" || column.type === "length of time";
  }
  const there = values.filter((value) => value !== null);
  return there.length > 0 && there.every((value) => typeof value === "number" || value === "NaN" || value === "Infinity" || value === "-Infinity");
}

/**
 * The keys of an order as `-max("val/acc"), lr`: commas in quotes and brackets are none.
 * @param {string} text
 * @returns {SortKey[]}
 */
export function parseSort(text) {
  const parts = [""];
  let quote = "";
  let depth = 0;
  for (let place = 0; place < text.length; place += 1) {
    const letter = text[place];
    if (quote) {
      if (letter === "\\") {
        parts[parts.length - 1] += letter + (text[place + 1] ?? "");
        place += 1;
        continue;
      }
      quote = letter === quote ? "" : quote;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
    } else if (letter === "(" || letter === "[") {
      depth += 1;
    } else if (letter === ")" || letter === "]") {
      depth -= 1;
    } else if (letter === "," && depth === 0) {
      parts.push("");
      continue;
    }
    parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.trim()).filter(Boolean).map((part) => (
    part.startsWith("-") ? { text: part.slice(1).trim(), isDescending: true } : { text: part, isDescending: false }));
}

/** @param {readonly SortKey[]} keys */
export function sortText(keys) {
  return keys.map((key) => (key.isDescending ? "-" : "") + key.text).join(", ");
}

/**
 * The order after a column's head was pressed: up, then down, then not by it.
 * @param {string} sort
 * @param {string} text the column
 * @param {boolean} isAdded the other keys stay
 */
export function turnSort(sort, text, isAdded) {
  const keys = parseSort(sort);
  const at = keys.findIndex((key) => key.text === text);
  const now = at < 0 ? null : keys[at];
  const next = now === null ? [{ text, isDescending: false }] : now.isDescending ? [] : [{ text, isDescending: true }];
  if (!isAdded) {
    return sortText(next);
  }
  return sortText(at < 0 ? [...keys, ...next] : [...keys.slice(0, at), ...next, ...keys.slice(at + 1)]);
}

/**
 * A list with one item moved before another place.
 * @template T
 * @param {readonly T[]} items
 * @param {number} from
 * @param {number} to where it stands afterwards
 */
export function moved(items, from, to) {
  const rest = [...items];
  const [item] = rest.splice(from, 1);
  rest.splice(Math.max(0, Math.min(rest.length, to)), 0, item);
  return rest;
}

/**
 * Widths that somebody chose, as `lr:120`.
 * @param {readonly string[]} items
 * @returns {Map<string, number>}
 */
export function parseWidths(items) {
  const pairs = items.map((item) => /^([\s\S]+):(\d+)$/.exec(item)).filter((found) => found !== null);
  return new Map(pairs.map(([, text, width]) => [text, clampWidth(Number(width))]));
}

/** @param {ReadonlyMap<string, number>} widths */
export function widthItems(widths) {
  return [...widths].map(([text, width]) => `${text}:${Math.round(width)}`);
}

/** @param {number} width */
export function clampWidth(width) {
  return Math.max(LEAST_WIDTH, Math.min(GREATEST_WIDTH, width));
}

/**
 * The columns as they stand: frozen ones first.
 * @template {{text: string}} T
 * @param {readonly T[]} columns
 * @param {readonly string[]} frozen
 * @returns {T[]}
 */
export function inOrder(columns, frozen) {
  const isFrozen = (/** @type {T} */ column) => frozen.includes(column.text);
  return [...columns.filter(isFrozen), ...columns.filter((column) => !isFrozen(column))];
}
