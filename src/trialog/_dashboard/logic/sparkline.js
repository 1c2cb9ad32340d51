/** A curve as small as a cell: its path, and itself in words. Pure. */

import { curvesOf, isBroken } from "trialog/logic/chartdata.js";
import { formatNumber } from "trialog/logic/formats.js";

/**
 * @typedef {import("trialog/logic/chartdata.js").Answer} Answer
 * @typedef {{path: string, words: string}} Sparkline path: as SVG writes it
 * @typedef {{width: number, height: number}} Size in pixels
 */

const EDGE = 2; // room around it, for the width of the line

/**
 * The curves of a chart's answer, by run: on one x axis, each on a y axis of its own.
 * @param {Answer} answer
 * @param {Size} size
 * @param {"run" | "label"} [key] by what they are told apart
 * @returns {Map<string, Sparkline>}
 */
export function sparklinesOf(answer, size, key = "run") {
  const [lo, hi] = answer.header.x.extent ?? [0, 0];
  const x = answer.arrays.x?.values ?? [];
  const across = (/** @type {number} */ value) => EDGE + (hi > lo ? (value - lo) / (hi - lo) : 0.5) * (size.width - 2 * EDGE);
  return new Map(curvesOf(answer).map((curve) => {
    const [least, greatest] = rangeOf(curve.y);
    const down = (/** @type {number} */ value) => EDGE + (greatest > least ? (greatest - value) / (greatest - least) : 0.5) * (size.height - 2 * EDGE);
    const path = pathOf(curve.y, (slot) => isBroken(curve.breaks, slot), (slot) => `${short(across(x[slot]))} ${short(down(curve.y[slot]))}`);
    return [curve[key], { path, words: wordsOf(curve.facts, least, greatest) }];
  }));
}

/** @param {ArrayLike<number>} y @returns {[number, number]} of what is finite */
function rangeOf(y) {
  let [least, greatest] = [Infinity, -Infinity];
  for (let slot = 0; slot < y.length; slot += 1) {
    if (Number.isFinite(y[slot])) {
      [least, greatest] = [Math.min(least, y[slot]), Math.max(greatest, y[slot])];
    }
  }
  return [least, greatest];
}

/**
 * @param {ArrayLike<number>} y
 * @param {(slot: number) => boolean} breaksAt whether something was logged there that is no number
 * @param {(slot: number) => string} placeOf
 */
function pathOf(y, breaksAt, placeOf) {
  const parts = [];
  let isDown = false;
  let isAlone = false; // a point that nothing is joined to is a short stroke
  for (let slot = 0; slot < y.length; slot += 1) {
    if (Number.isFinite(y[slot])) {
      parts.push(`${isDown ? "L" : "M"}${placeOf(slot)}`);
      isAlone = !isDown;
      isDown = true;
    } else if (isDown && breaksAt(slot)) {
      parts.push(isAlone ? "h1.5" : "");
      isDown = isAlone = false;
    }
  }
  return parts.join("") + (isAlone ? "h1.5" : "");
}

/** @param {Record<string, number>} facts @param {number} least @param {number} greatest */
function wordsOf(facts, least, greatest) {
  const [from, to] = [facts.min, facts.max].every(Number.isFinite) ? [facts.min, facts.max] : [least, greatest]; // those are not rounded
  const bad = (facts.nan ?? 0) + (facts.positive_infinities ?? 0) + (facts.negative_infinities ?? 0);
  const range = from <= to ? `from ${formatNumber(from)} to ${formatNumber(to)}` : "no finite value";
  return `${range}${Number.isFinite(facts.last) ? `, last ${formatNumber(facts.last)}` : ""}${bad > 0 ? `; ${formatNumber(bad)} not finite` : ""}`;
}

/** @param {number} pixels */
function short(pixels) {
  return Math.round(pixels * 10) / 10;
}
