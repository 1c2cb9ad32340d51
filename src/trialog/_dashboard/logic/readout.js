/** What a chart says at a place: its curves there, the nearest to the pointer first, and the chart in one sentence. Pure. */

import { valueNear } from "trialog/logic/chartdata.js";
import { formatCount, formatNumber } from "trialog/logic/formats.js";
import { toPixel } from "trialog/logic/scales.js";

/**
 * @typedef {import("trialog/charts/drawing.js").Scene} Scene
 * @typedef {import("trialog/charts/drawing.js").Frame} Frame
 * @typedef {import("trialog/charts/drawing.js").Drawn} Drawn
 * @typedef {NonNullable<ReturnType<typeof valueNear>>} Near
 * @typedef {{drawn: Drawn, near: Near, distance: number, value: string, raw: string, difference: string}} Line
 */

/**
 * @param {Scene} scene
 * @param {Frame} frame
 * @param {number} x
 * @param {number | null} pointer its y in pixels; null: the order of the curves
 * @param {string} baseline id of the run that others are compared with; "" for none
 * @returns {{x: number, isExact: boolean, lines: Line[]} | null}
 */
export function readAt(scene, frame, x, pointer, baseline) {
  const found = [];
  for (const drawn of scene.curves) {
    const near = valueNear(drawn.answer, drawn.curve, x);
    if (near) {
      found.push({ drawn, near });
    }
  }
  if (!found.length) {
    return null;
  }
  // the nearest place where anything is; what is far from it has no value here
  const at = toPixel(frame.x, x);
  const gaps = found.map(({ near }) => Math.abs(toPixel(frame.x, near.x) - at));
  const least = Math.min(...gaps);
  const room = Math.max(least + 1, 24);
  const there = found.filter((_, place) => gaps[place] <= room);
  const nearest = found[gaps.indexOf(least)].near;
  const compared = there.find(({ drawn }) => baseline !== "" && drawn.curve.run === baseline);
  const lines = there.map(({ drawn, near }) => ({
    drawn, near, ...wordsOf(drawn, near, compared && compared.drawn !== drawn && compared.drawn.metric === drawn.metric ? compared.near : null),
    distance: pointer === null ? 0 : distanceTo(frame, near, pointer),
  }));
  if (pointer !== null) {
    lines.sort((a, b) => a.distance - b.distance);
  }
  return { x: nearest.x, isExact: there.every(({ drawn }) => drawn.answer.header.is_exact), lines };
}

/** @param {Frame} frame @param {Near} near @param {number} pointer */
function distanceTo(frame, near, pointer) {
  const [top, bottom] = [toPixel(frame.y, near.high), toPixel(frame.y, near.low)].map((y) => Math.min(frame.bottom, Math.max(frame.top, y)));
  return pointer < top ? top - pointer : pointer > bottom ? pointer - bottom : 0;
}

/** @param {Drawn} drawn @param {Near} near @param {Near | null} base */
function wordsOf({ curve }, near, base) {
  let value = near.low === near.high ? formatNumber(near.value, 6) : `${formatNumber(near.low, 5)} … ${formatNumber(near.high, 5)}`;
  if (curve.isGroup && curve.members) {
    const band = curve.low && curve.high && Number.isFinite(curve.low[near.slot])
      ? ` [${formatNumber(curve.low[near.slot], 4)}, ${formatNumber(curve.high[near.slot], 4)}]` : "";
    value += `${band} n=${curve.members[near.slot]}`;
  }
  return {
    value,
    raw: Number.isFinite(near.raw) ? formatNumber(near.raw, 5) : "",
    difference: base ? differenceOf(near, base) : "",
  };
}

/** @param {Near} near @param {Near} base */
function differenceOf(near, base) {
  const [own, other] = [(near.low + near.high) / 2, (base.low + base.high) / 2];
  const by = own - other;
  const sign = by > 0 ? "+" : "";
  const share = other === 0 ? "" : ` (${sign}${formatNumber((by / Math.abs(other)) * 100, 3)} %)`;
  return `${sign}${formatNumber(by, 4)}${share}`;
}

/**
 * Curves in the order of their ends, from above, as a legend names them; those that end alike by their names.
 * @template {{curve: {label: string, y: ArrayLike<number>}}} T
 * @param {readonly T[]} curves
 * @returns {T[]}
 */
export function fromAbove(curves) {
  const ends = new Map(curves.map((each) => [each, lastOf(each.curve.y)]));
  const endOf = (/** @type {T} */ each) => { const end = ends.get(each) ?? Number.NaN; return Number.isNaN(end) ? -Infinity : end; };
  return [...curves].sort((a, b) => {
    const [one, other] = [endOf(a), endOf(b)];
    return one === other ? a.curve.label.localeCompare(b.curve.label, undefined, { numeric: true }) : other > one ? 1 : -1;
  });
}

/**
 * A chart in one sentence, for those who do not see it.
 * @param {string} title
 * @param {Scene | null} scene
 */
export function summaryOf(title, scene) {
  if (!scene || !scene.curves.length) {
    return `${title}: no points`;
  }
  const isGrouped = scene.curves[0].curve.isGroup;
  const ends = scene.curves.map(({ curve }) => ({ label: curve.label, last: curve.isGroup ? lastOf(curve.y) : curve.facts.last }))
    .filter((each) => Number.isFinite(each.last)).sort((a, b) => a.last - b.last);
  const what = formatCount(scene.curves.length, isGrouped ? "group" : "line");
  if (!ends.length) {
    return `${title} by ${scene.xLabel}: ${what}, none of them with a number`;
  }
  const [least, greatest] = [ends[0], ends[ends.length - 1]];
  const range = ends.length === 1 ? formatNumber(least.last)
    : `from ${formatNumber(least.last)} (${least.label}) to ${formatNumber(greatest.last)} (${greatest.label})`;
  return `${title} by ${scene.xLabel}: ${what}, last values ${range}`;
}

/** @param {ArrayLike<number>} values */
function lastOf(values) {
  for (let at = values.length - 1; at >= 0; at -= 1) {
    if (Number.isFinite(values[at])) {
      return values[at];
    }
  }
  return Number.NaN;
}

/**
 * Points of all lines, and how they are shown.
 * @param {readonly import("trialog/logic/chartdata.js").Answer[]} answers
 * @param {number} hidden how many lines are not drawn
 * @returns {{text: string, isExact: boolean, detail: string}}
 */
export function fidelityOf(answers, hidden) {
  const sum = (/** @type {(answer: import("trialog/logic/chartdata.js").Answer) => number} */ pick) => answers.reduce((total, each) => total + pick(each), 0);
  const isExact = answers.every(({ header }) => header.is_exact);
  const runs = new Set(answers.flatMap(({ header }) => header.groups.length ? header.groups.flatMap((group) => group.runs) : header.lines.map((line) => line.run)));
  const groups = sum(({ header }) => header.groups.length);
  const [window, total, represented] = [sum(({ header }) => header.points.window), sum(({ header }) => header.points.total), sum(({ header }) => header.points.represented)];
  const who = groups ? `${formatCount(groups, "group")} of ${formatCount(runs.size, "run")}`
    : hidden ? `${formatNumber(runs.size - hidden)} of ${formatCount(runs.size, "run")}` : formatCount(runs.size, "run");
  const what = window === total ? formatCount(total, "point") : `${formatNumber(window)} of ${formatCount(total, "point")}`;
  return {
    text: `${who} · ${what}`,
    isExact,
    detail: `${formatNumber(represented)} of ${formatNumber(window)} points in this window are represented: ${isExact
      ? "each is drawn where it is" : "the least and the greatest of each pixel column are drawn; zoom in for single points"}`,
  };
}
