/** What a chart shows as rows and columns: for CSV, and for those who read tables. Pure. */

import { csvText } from "trialog/logic/csv.js";

/**
 * @typedef {import("trialog/charts/drawing.js").Scene} Scene
 * @typedef {{head: string[], rows: (number | null)[][]}} DrawnTable
 */

/**
 * The drawn values: x first, then a column for each curve (of groups: centre, low, high, members).
 * @param {Scene} scene
 * @param {number} [most] rows
 * @returns {DrawnTable}
 */
export function tableOf(scene, most = Infinity) {
  const head = [scene.xLabel];
  /** @type {{x: ArrayLike<number>, y: ArrayLike<number>, answer: object}[]} */
  const columns = [];
  for (const { curve, answer } of scene.curves) {
    const x = answer.arrays.x.values;
    const parts = /** @type {const} */ ([["", curve.y], [" raw", curve.raw], [" low", curve.low], [" high", curve.high], [" members", curve.members]]);
    for (const [word, y] of parts) {
      if (y) {
        head.push(curve.label + word);
        columns.push({ x, y, answer });
      }
    }
  }
  const answers = [...new Map(scene.curves.map(({ answer }) => [answer, answer])).keys()];
  /** @type {(number | null)[][]} */
  const rows = [];
  if (answers.length === 1) {
    const { x } = columns[0] ?? { x: [] };
    const [left, right] = answers[0].header.borders;
    for (let slot = left ? 1 : 0; slot < x.length - (right ? 1 : 0) && rows.length < most; slot += 1) {
      const values = columns.map(({ y }) => numberOf(y[slot]));
      if (x[slot] >= scene.xRange[0] && x[slot] <= scene.xRange[1] && values.some((value) => value !== null)) {
        rows.push([x[slot], ...values]);
      }
    }
    return { head, rows };
  }
  const places = [...new Set(columns.flatMap(({ x }) => Array.from(x)))].sort((a, b) => a - b);
  const found = columns.map(({ x, y }) => new Map(Array.from(x, (place, slot) => [place, numberOf(y[slot])])));
  for (const place of places) {
    const values = found.map((column) => column.get(place) ?? null);
    if (rows.length < most && values.some((value) => value !== null)) {
      rows.push([place, ...values]);
    }
  }
  return { head, rows };
}

/** @param {number} value */
function numberOf(value) {
  return Number.isFinite(value) ? value : null;
}

/**
 * As a file.
 * @param {DrawnTable} table
 */
export function csvOf({ head, rows }) {
  return csvText([head, ...rows]);
}
