/**
 * A chart on a pen: a canvas of the page, one of a picture, or SVG (`logic/svgpen.js`). All draw the same.
 *
 * Order: grid and axes; then bands, raw lines, lines, marks and labels.
 */

import { isBroken } from "trialog/logic/chartdata.js";
import { makeScale, ticksOf, toPixel } from "trialog/logic/scales.js";
import { faded } from "trialog/logic/colours.js";
import { drawMarks, FONT_PX, LETTER_PX } from "trialog/charts/marks.js";

/**
 * @typedef {import("trialog/logic/chartdata.js").Curve} Curve
 * @typedef {import("trialog/logic/chartdata.js").Answer} Answer
 * @typedef {import("trialog/logic/scales.js").Scale} Scale
 * @typedef {CanvasRenderingContext2D | import("trialog/logic/svgpen.js").SvgPen} Pen
 * @typedef {{colour: string, dash: readonly number[]}} Style
 * @typedef {{curve: Curve, answer: Answer, style: Style, metric: string}} Drawn a curve, and what it is drawn with
 * @typedef {{text: string, soft: string, line: string, panel: string, danger: string, font: string}} Palette
 * @typedef {object} Scene what a chart shows
 * @property {Drawn[]} curves those that are not hidden, the first on top
 * @property {"step" | "time" | "relative" | "metric"} kind of the x axis
 * @property {string} xLabel
 * @property {[number, number]} xRange
 * @property {[number, number]} yRange
 * @property {boolean} isLogX
 * @property {boolean} isLogY
 * @property {Palette} palette
 * @property {boolean} hasLabels whether lines are labelled at their ends, where that fits
 * @typedef {{left: number, top: number, right: number, bottom: number, width: number, height: number, x: Scale, y: Scale,
 *   xTicks: import("trialog/logic/scales.js").Tick[], yTicks: import("trialog/logic/scales.js").Tick[], hasLabels: boolean}} Frame
 */

const MOST_WIDE = 8000; // values in all lines; with more, lines are one pixel wide: wider ones cost five times the time
const LABELS = 8;
const DOT_ROOM_PX = 14;
const MOST_DOTS = 200;
const MOST_DASHED = 24;

/**
 * Where things are on a surface.
 * @param {Scene} scene
 * @param {number} width
 * @param {number} height
 * @param {number} [above] room for a title
 * @returns {Frame}
 */
export function frameOf(scene, width, height, above = 0) {
  const yTicks = ticksOf(scene.yRange, { isLog: scene.isLogY, count: Math.max(2, (height - above) / 44) });
  const longest = Math.max(3, ...yTicks.map((tick) => tick.text.length));
  const left = Math.min(84, 14 + longest * 6.4);
  const hasLabels = scene.hasLabels && scene.curves.length <= LABELS && width >= 420;
  const labelled = hasLabels ? Math.min(130, Math.max(...scene.curves.map(({ curve }) => shorten(curve.label).length * LETTER_PX + 12), 12)) : 12;
  const [right, top, bottom] = [width - labelled, above + 12, height - 24];
  const xTicks = ticksOf(scene.xRange, { isLog: scene.isLogX, kind: scene.kind, count: Math.max(2, (right - left) / 84) });
  return {
    left, top, right, bottom, width, height, yTicks, xTicks, hasLabels,
    x: makeScale(scene.xRange, scene.isLogX, left, right), y: makeScale(scene.yRange, scene.isLogY, bottom, top),
  };
}

/** @param {string} text */
function shorten(text) {
  return text.length > 18 ? `${text.slice(0, 10)}…${text.slice(-7)}` : text;
}

/** @param {Pen} pen @param {Scene} scene @param {Frame} frame */
export function drawAxes(pen, { palette, xLabel }, frame) {
  pen.font = `${FONT_PX}px ${palette.font}`;
  pen.lineWidth = 1;
  pen.strokeStyle = palette.line;
  pen.fillStyle = palette.soft;
  pen.textBaseline = "middle";
  pen.textAlign = "right";
  pen.beginPath();
  for (const { at } of frame.yTicks) {
    const y = Math.round(toPixel(frame.y, at)) + 0.5;
    pen.moveTo(frame.left, y);
    pen.lineTo(frame.right, y);
  }
  pen.stroke();
  for (const { at, text } of frame.yTicks) {
    pen.fillText(text, frame.left - 8, Math.round(toPixel(frame.y, at)));
  }
  pen.textAlign = "center";
  pen.textBaseline = "top";
  const shown = frame.width - frame.right > 60 || !xLabel ? frame.right : frame.right - xLabel.length * 5 - 8;
  for (const { at, text } of frame.xTicks) {
    const x = toPixel(frame.x, at);
    if (x - text.length * 3 < shown - (xLabel ? 14 : 0)) {
      pen.fillText(text, Math.round(x), frame.bottom + 8);
    }
  }
  if (xLabel) {
    pen.textAlign = "right";
    pen.fillText(xLabel, frame.right, frame.bottom + 8);
  }
}

/**
 * All lines, with all that belongs to them; or as much of it as there is time for.
 * @param {Pen} pen
 * @param {Scene} scene
 * @param {Frame} frame
 * @param {{from?: number, spend?: (values: number) => boolean}} [part] from: what it gave before; spend: told how many values were drawn, and says whether to go on
 * @returns {number} where to go on; -1: all is drawn
 */
export function drawCurves(pen, scene, frame, { from = 0, spend = () => true } = {}) {
  const count = scene.curves.length;
  pen.save();
  pen.beginPath();
  pen.rect(frame.left, frame.top - 4, frame.right - frame.left, frame.bottom - frame.top + 8);
  pen.clip();
  const values = scene.curves.reduce((sum, { curve }) => sum + curve.y.length, 0);
  const thin = scene.curves.length > 60 || values > MOST_WIDE;
  pen.lineJoin = "round";
  const width = frame.right - frame.left;
  const steps = [
    (/** @type {Drawn} */ drawn) => drawBand(pen, drawn, frame),
    (/** @type {Drawn} */ drawn) => drawRaw(pen, drawn, frame),
    // dashes cannot be seen in a thicket, nor in a line with several values a pixel; and they cost most of the time there
    (/** @type {Drawn} */ drawn) => drawLine(pen, drawn, frame, thin ? 1 : 1.6, count > MOST_DASHED || drawn.curve.y.length > width),
  ];
  let next = from;
  for (let isGoingOn = true; isGoingOn && next < steps.length * count; next += 1) {
    const drawn = scene.curves[count - 1 - (next % count)];
    steps[Math.floor(next / count)](drawn);
    isGoingOn = spend(next < 2 * count && !drawn.curve.raw ? 0 : drawn.curve.y.length);
  }
  pen.restore();
  if (next < steps.length * count) {
    return next;
  }
  drawMarks(pen, scene, frame);
  if (frame.hasLabels) {
    drawLabels(pen, scene, frame);
  }
  return -1;
}

/** The values behind a smoothed line. @param {Pen} pen @param {Drawn} drawn @param {Frame} frame */
function drawRaw(pen, { answer, curve, style }, frame) {
  if (curve.raw) {
    pen.lineWidth = 1;
    pen.strokeStyle = faded(style.colour, 0.28);
    pen.setLineDash([]);
    trace(pen, answer, curve.raw, curve.breaks, frame);
  }
}

/**
 * One line, as the pointer is on it.
 * @param {Pen} pen
 * @param {Drawn} drawn
 * @param {Scene} scene
 * @param {Frame} frame
 */
export function drawChosen(pen, drawn, scene, frame) {
  pen.save();
  pen.beginPath();
  pen.rect(frame.left, frame.top - 4, frame.right - frame.left, frame.bottom - frame.top + 8);
  pen.clip();
  pen.lineJoin = "round";
  drawBand(pen, drawn, frame);
  drawLine(pen, { ...drawn, style: { colour: scene.palette.panel, dash: [] } }, frame, 5, true);
  drawLine(pen, drawn, frame, 2.4, false);
  pen.restore();
}

/** @param {Pen} pen @param {Drawn} drawn @param {Frame} frame @param {number} width @param {boolean} isPlain */
function drawLine(pen, { answer, curve, style }, frame, width, isPlain) {
  pen.lineWidth = width;
  pen.strokeStyle = style.colour;
  pen.setLineDash(isPlain ? [] : style.dash);
  const { points, width: reach } = trace(pen, answer, curve.y, curve.breaks, frame);
  pen.setLineDash([]);
  if (!isPlain && answer.header.is_exact && points > 0 && points < MOST_DOTS && (points === 1 || points * DOT_ROOM_PX < reach)) {
    drawDots(pen, answer, curve, style.colour, frame);
  }
}

/**
 * Strokes a row of values: joined over slots without a point, broken where something was logged that is no number.
 * @param {Pen} pen
 * @param {Answer} answer
 * @param {import("trialog/logic/chartdata.js").Numbers} y
 * @param {import("trialog/logic/chartdata.js").Numbers | null} breaks
 * @param {Frame} frame
 * @returns {{points: number, width: number}} how many values it has, and over how many pixels
 */
function trace(pen, answer, y, breaks, frame) {
  const x = answer.arrays.x.values;
  const { lo, hi, isLog, from, to } = frame.x;
  const { lo: yLo, hi: yHi, isLog: isLogY, from: yFrom, to: yTo } = frame.y;
  const xFactor = (to - from) / (hi - lo || 1);
  const yFactor = (yTo - yFrom) / (yHi - yLo || 1);
  const below = yFrom + 4000; // of what a logarithmic scale cannot show
  let isDown = false;
  let isAlone = false; // the last value has no neighbour that it is joined to
  let [lastX, lastY] = [0, 0];
  let points = 0;
  let firstX = 0;
  pen.beginPath();
  for (let slot = 0; slot < y.length; slot += 1) {
    const value = y[slot];
    if (value !== value) {
      if (isDown && isBroken(breaks, slot)) {
        isDown = false;
        if (isAlone) {
          pen.lineTo(lastX + 1.5, lastY);
        }
      }
      continue;
    }
    const px = from + ((isLog ? Math.log10(Math.max(x[slot], 1e-300)) : x[slot]) - lo) * xFactor;
    let py = isLogY ? (value > 0 ? yFrom + (Math.log10(value) - yLo) * yFactor : below) : yFrom + (value - yLo) * yFactor;
    py = py > 30_000 ? 30_000 : py < -30_000 ? -30_000 : py; // what lies far outside is cut by the clip, not by overflow
    if (points === 0) {
      firstX = px;
    }
    points += 1;
    if (isDown) {
      pen.lineTo(px, py);
      isAlone = false;
    } else {
      pen.moveTo(px, py);
      isDown = isAlone = true;
    }
    lastX = px;
    lastY = py;
  }
  if (isDown && isAlone) {
    pen.lineTo(lastX + 1.5, lastY);
  }
  pen.stroke();
  return { points, width: lastX - firstX };
}

/** @param {Pen} pen @param {Answer} answer @param {Curve} curve @param {string} colour @param {Frame} frame */
function drawDots(pen, answer, curve, colour, frame) {
  const x = answer.arrays.x.values;
  const [first, last] = [answer.header.borders[0] ? 1 : 0, x.length - (answer.header.borders[1] ? 1 : 0)];
  pen.fillStyle = colour;
  for (let slot = first; slot < last; slot += 1) {
    if (curve.y[slot] === curve.y[slot]) {
      pen.beginPath();
      pen.arc(toPixel(frame.x, x[slot]), toPixel(frame.y, curve.y[slot]), 2.4, 0, 2 * Math.PI);
      pen.fill();
    }
  }
}

/** @param {Pen} pen @param {Drawn} drawn @param {Frame} frame */
function drawBand(pen, { answer, curve, style }, frame) {
  const { low, high } = curve;
  if (!low || !high) {
    return;
  }
  const x = answer.arrays.x.values;
  const edge = (/** @type {number} */ value) => Math.min(30_000, Math.max(-30_000, toPixel(frame.y, value)));
  pen.fillStyle = faded(style.colour, 0.17);
  pen.beginPath();
  let count = 0;
  for (let slot = 0; slot < x.length; slot += 1) {
    if (high[slot] === high[slot] && low[slot] === low[slot]) {
      pen[count ? "lineTo" : "moveTo"](toPixel(frame.x, x[slot]), edge(high[slot]));
      count += 1;
    }
  }
  for (let slot = x.length - 1; slot >= 0; slot -= 1) {
    if (high[slot] === high[slot] && low[slot] === low[slot]) {
      pen.lineTo(toPixel(frame.x, x[slot]), edge(low[slot]));
    }
  }
  if (count) {
    pen.closePath();
    pen.fill();
  }
}

/** Names at the ends of lines, pushed apart where they would meet. @param {Pen} pen @param {Scene} scene @param {Frame} frame */
function drawLabels(pen, scene, frame) {
  const labels = [];
  for (const { answer, curve, style } of scene.curves) {
    const x = answer.arrays.x.values;
    let slot = curve.y.length - 1;
    while (slot >= 0 && !(curve.y[slot] === curve.y[slot] && toPixel(frame.x, x[slot]) <= frame.right + 1)) {
      slot -= 1;
    }
    if (slot >= 0) {
      const y = Math.min(frame.bottom - 4, Math.max(frame.top + 6, toPixel(frame.y, curve.y[slot])));
      labels.push({ text: shorten(curve.label), colour: style.colour, y, from: Math.min(frame.right, toPixel(frame.x, x[slot])), own: y });
    }
  }
  labels.sort((a, b) => a.y - b.y);
  for (let turn = 0; turn < 12; turn += 1) {
    for (let at = 1; at < labels.length; at += 1) {
      const gap = labels[at].y - labels[at - 1].y;
      if (gap < 13) {
        labels[at - 1].y -= (13 - gap) / 2;
        labels[at].y += (13 - gap) / 2;
      }
    }
  }
  pen.font = `${FONT_PX}px ${scene.palette.font}`;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  for (const { text, colour, y, own } of labels) {
    pen.strokeStyle = faded(colour, 0.6);
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(frame.right + 1, own);
    pen.lineTo(frame.right + 6, y);
    pen.stroke();
    pen.fillStyle = colour;
    pen.fillText(text, frame.right + 8, y);
  }
}
