/** What stands on the border of a chart: extremes outside of the range, and values that are no numbers. */

import { BESIDE_PX, loggedAt, sidesOf } from "trialog/logic/bordermarks.js";
import { faded } from "trialog/logic/colours.js";
import { formatNumber } from "trialog/logic/formats.js";
import { formatPlace, toPixel } from "trialog/logic/scales.js";

/**
 * @typedef {import("trialog/charts/drawing.js").Scene} Scene
 * @typedef {import("trialog/charts/drawing.js").Frame} Frame
 * @typedef {import("trialog/charts/drawing.js").Pen} Pen
 */

export const FONT_PX = 11;
export const LETTER_PX = 6.2; // the width of most letters of that size
const COLUMN_PX = 3; // no column of points is wider

/**
 * @typedef {{x: number, isExact: boolean, value: number, isAbove: boolean, colour: string, label: string, count: number}} Clipped isExact: x is where it was logged
 * What lies outside of the shown range: the outermost of each few pixels.
 * @param {Scene} scene
 * @param {Frame} frame
 * @returns {{marks: Clipped[], count: number}}
 */
export function clippedOf({ curves, yRange, isLogY }, frame) {
  /** @type {Map<string, Clipped>} */
  const found = new Map();
  let count = 0;
  for (const { answer, curve, style } of curves) {
    const { min, max } = curve.facts;
    if (!curve.isGroup && !(min < yRange[0]) && !(max > yRange[1])) {
      continue;
    }
    const x = answer.arrays.x.values;
    const [first, last] = [answer.header.borders[0] ? 1 : 0, x.length - (answer.header.borders[1] ? 1 : 0)];
    for (let slot = first; slot < last; slot += 1) {
      const value = curve.y[slot];
      const isAbove = value > yRange[1];
      if (!isAbove && !(value < yRange[0])) {
        continue;
      }
      const at = toPixel(frame.x, x[slot]);
      if (at < frame.left - 1 || at > frame.right + 1) {
        continue;
      }
      count += 1;
      const exact = answer.header.is_exact ? x[slot] : curve.isGroup ? null : loggedAt(curve.facts, value, isAbove);
      const isExact = exact !== null && Math.abs(toPixel(frame.x, exact) - at) <= COLUMN_PX;
      const place = { x: isExact ? exact : x[slot], isExact };
      const key = `${isAbove}${Math.round(at / 7)}`;
      const other = found.get(key);
      if (!other) {
        found.set(key, { ...place, value, isAbove, colour: style.colour, label: curve.label, count: 1 });
      } else {
        other.count += 1;
        if (isAbove ? value > other.value : value < other.value) {
          Object.assign(other, { ...place, value, colour: style.colour, label: curve.label });
        }
      }
    }
  }
  return { marks: [...found.values()].filter((each) => !isLogY || each.value > 0 || !each.isAbove), count };
}

/** Marks on the border: extremes outside of the range, and values that are no numbers. @param {Pen} pen @param {Scene} scene @param {Frame} frame */
export function drawMarks(pen, scene, frame) {
  const { marks } = clippedOf(scene, frame);
  pen.font = `${FONT_PX}px ${scene.palette.font}`;
  pen.textBaseline = "middle";
  const drawn = marks.map((mark) => {
    const at = Math.min(frame.right, Math.max(frame.left, toPixel(frame.x, mark.x)));
    const place = marks.length <= 3 ? ` @ ${mark.isExact ? "" : "≈ "}${formatPlace(mark.x, scene.kind)}` : "";
    const text = `${formatNumber(mark.value, 4)}${mark.count > 1 ? ` ×${mark.count}` : place}`;
    return { ...mark, at, text, width: text.length * LETTER_PX + 3 };
  });
  const sides = sidesOf(drawn, frame);
  drawn.forEach(({ at, isAbove, text }, each) => {
    if (sides[each]) {
      write(pen, scene, text, at + sides[each] * BESIDE_PX, isAbove ? frame.top + 1 : frame.bottom - 3, sides[each] < 0);
    }
  });
  for (const { at, isAbove, colour } of drawn) { // above the words, so that none is hidden
    drawTriangle(pen, at, isAbove ? frame.top - 3 : frame.bottom + 3, isAbove ? -5 : 5, colour);
  }
  drawBad(pen, scene, frame);
}

/** Words on a plate, so that they can be read above many lines. @param {Pen} pen @param {Scene} scene @param {string} text @param {number} x where they begin @param {number} y @param {boolean} [isEnd] x is where they end */
function write(pen, scene, text, x, y, isEnd = false) {
  const width = text.length * LETTER_PX + 3;
  pen.fillStyle = faded(scene.palette.panel, 0.85);
  pen.fillRect(isEnd ? x + 1 - width : x - 1, y - 7, width, 14);
  pen.textAlign = isEnd ? "right" : "left";
  pen.textBaseline = "middle";
  pen.fillStyle = scene.palette.text;
  pen.fillText(text, x, y);
}

/** @param {Pen} pen @param {Scene} scene @param {Frame} frame */
function drawBad(pen, scene, frame) {
  /** @type {Map<string, {at: number, kind: string, count: number, colour: string}>} */
  const found = new Map();
  const byAnswer = new Map(scene.curves.filter(({ curve }) => !curve.isGroup).map((drawn) => [`${drawn.metric} ${drawn.curve.at}`, drawn]));
  for (const { answer, metric } of new Map(scene.curves.map((drawn) => [drawn.answer, drawn])).values()) {
    for (const mark of answer.header.marks.shown) {
      const drawn = byAnswer.get(`${metric} ${mark.line}`);
      const at = toPixel(frame.x, mark.x);
      if (!drawn || at < frame.left - 1 || at > frame.right + 1) {
        continue;
      }
      const key = `${mark.kind} ${Math.round(at / 8)}`;
      const other = found.get(key);
      if (other) {
        other.count += 1;
      } else {
        found.set(key, { at, kind: mark.kind, count: 1, colour: drawn.style.colour });
      }
    }
  }
  for (const { at, kind, count, colour } of found.values()) {
    if (kind === "nan") {
      pen.strokeStyle = colour;
      pen.lineWidth = 1.8;
      pen.beginPath();
      pen.moveTo(at - 3.5, frame.bottom - 3.5);
      pen.lineTo(at + 3.5, frame.bottom + 3.5);
      pen.moveTo(at + 3.5, frame.bottom - 3.5);
      pen.lineTo(at - 3.5, frame.bottom + 3.5);
      pen.stroke();
    } else {
      drawTriangle(pen, at, kind === "inf" ? frame.top - 3 : frame.bottom + 3, kind === "inf" ? -5 : 5, colour);
    }
    if (found.size <= 12) {
      const word = kind === "nan" ? "NaN" : kind === "inf" ? "∞" : "−∞";
      write(pen, scene, count > 1 ? `${word} ×${count}` : word, at + BESIDE_PX, kind === "inf" ? frame.top + 1 : frame.bottom - 4);
    }
  }
}

/** @param {Pen} pen @param {number} x @param {number} y @param {number} height @param {string} colour */
function drawTriangle(pen, x, y, height, colour) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.moveTo(x - 4.5, y);
  pen.lineTo(x + 4.5, y);
  pen.lineTo(x, y + height * 1.3);
  pen.closePath();
  pen.fill();
}
