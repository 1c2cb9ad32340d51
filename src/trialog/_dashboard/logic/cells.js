/** What stands in a cell of the table of runs. Pure. */

import { formatDuration, formatNumber, formatTime, formatValue } from "trialog/logic/formats.js";

/** @typedef {import("trialog/logic/columns.js").Column} Column */
/** @typedef {string | number | boolean | null | readonly string[]} Value */

/**
 * A cell's text.
 * @param {Column} column
 * @param {Value | undefined} value
 */
export function cellText(column, value) {
  if (value === null || value === undefined) {
    return "";
  }
  if (column.type === "time" && typeof value === "number") {
    return formatTime(value).slice(0, 16);
  }
  if (column.type === "length of time" && typeof value === "number") {
    return formatDuration(value);
  }
  if (Array.isArray(value)) {
    return value.join(", ");
  }
  if (value === "Infinity" || value === "-Infinity") {
    return formatNumber(Number(value));
  }
  return formatValue(value);
}

/**
 * What a cell holds, whole, as it is copied.
 * @param {Column} column
 * @param {Value | undefined} value
 */
export function copyText(column, value) {
  if (column.type === "time" && typeof value === "number") {
    return new Date(value / 1e6).toISOString();
  }
  return value === null || value === undefined ? "" : Array.isArray(value) ? value.join(", ") : String(value);
}

/**
 * How far a number is from the baseline's, as "+0.012"; "" where there is nothing to compare.
 * @param {Column} column
 * @param {Value | undefined} value
 * @param {Value | undefined} base
 */
export function differenceText(column, value, base) {
  if (typeof value !== "number" || typeof base !== "number" || column.type === "time") {
    return "";
  }
  const difference = value - base;
  if (difference === 0) {
    return "=";
  }
  const size = Math.abs(difference);
  const text = column.type === "length of time" ? formatDuration(size) : formatNumber(size, 3);
  return (difference > 0 ? "+" : "−") + text;
}

/**
 * What the runs of a group have in common, as "lr = 0.01".
 * @param {string} name of the parameter, the metric's measure or the fact
 * @param {string | number | boolean | null} value
 */
export function groupTitle(name, value) {
  return value === null ? `${name} is missing` : `${name} = ${formatValue(value)}`;
}

/**
 * The sum of a group's column: one value where all agree, else mean ± deviation, else how many there are.
 * @param {Column} column
 * @param {{count: number, mean: Value, std: Value, value: Value, distinct: number}} cell
 */
export function groupText(column, cell) {
  if (cell.value !== null && cell.value !== undefined) {
    return cellText(column, cell.value);
  }
  if (cell.count > 0 && typeof cell.mean === "number" && column.type !== "time") {
    const format = (/** @type {number} */ number) => (column.type === "length of time" ? formatDuration(number) : formatNumber(number, 4));
    return typeof cell.std === "number" ? `${format(cell.mean)} ± ${column.type ? format(cell.std) : formatNumber(cell.std, 2)}` : format(cell.mean);
  }
  return cell.distinct > 1 ? `${cell.distinct} values` : "";
}
