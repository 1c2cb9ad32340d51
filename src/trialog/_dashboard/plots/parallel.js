/** Parallel coordinates: a line for each run across all axes; brushed by dragging along an axis. */

import { html } from "htm/preact";
import { useRef } from "preact/hooks";

import { axisTicks, categoryText, placeOf, valueAt } from "trialog/logic/axes.js";
import { cutText, FONT, goodColour, goodColours, useDrawing, useSize } from "trialog/plots/canvas.js";

const HEIGHT = 380;
const TOP = 10;
const [FLOOR, FLAT_FLOOR] = [48, 16]; // below the axes: where runs without a value pass, if there are any
const SIDE = 64;
const LEAST_GAP = 104; // between axes; a page that is narrower scrolls
const NEAR = 16; // so near to an axis a drag brushes it
const GRAB = 9; // so near to a line it is meant

/**
 * @typedef {import("trialog/logic/axes.js").Axis} Axis
 * @typedef {import("trialog/logic/brushes.js").Brush} Brush
 * @param {{axes: readonly Axis[], flipped: readonly string[], kept: Uint8Array, isBrushed: boolean, goodness: Float64Array, hovered: number,
 *   brushes: ReadonlyMap<string, Brush>, summary: string, onBrush: (changes: Record<string, Brush | null>, how?: {isDraft?: boolean}) => void,
 *   onHover: (at: number) => void, headsOf: (xOf: (at: number) => number) => unknown}} props
 */
export function Parallel({ axes, flipped, kept, isBrushed, goodness, hovered, brushes, summary, onBrush, onHover, headsOf }) {
  const { host, width: seen, height } = useSize(HEIGHT);
  const width = Math.max(seen, axes.length * LEAST_GAP + 24);
  const drag = useRef(/** @type {{axis: Axis, from: number, hasMoved: boolean} | null} */ (null));
  const bottom = height - (axes.some((axis) => axis.missing > 0) ? FLOOR : FLAT_FLOOR);
  const xOf = (/** @type {number} */ at) => (axes.length > 1 ? SIDE + (at * (width - 2 * SIDE)) / (axes.length - 1) : width / 2);
  const yOf = (/** @type {number} */ place) => (Number.isNaN(place) ? height - 20 : bottom - place * (bottom - TOP));
  const size = { width: seen ? width : 0, height };
  const rest = useDrawing(size, (sheet) => drawRest(sheet, { axes, xOf, yOf }), [axes]);
  const lines = useDrawing(size, (sheet) => drawLines(sheet, { axes, kept, isBrushed, goodness, xOf, yOf }), [axes, kept, goodness]);
  const over = useDrawing(size, (sheet) => drawAxes(sheet, { axes, flipped, brushes, goodness, hovered, xOf, yOf }), [axes, brushes, hovered, goodness]);

  /** @param {PointerEvent} event */
  const placeIn = (event) => {
    const box = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const at = Math.round(axes.length > 1 ? (x - SIDE) / ((width - 2 * SIDE) / (axes.length - 1)) : 0);
    const axis = axes[at];
    return { x, y, axis: axis && Math.abs(xOf(at) - x) <= NEAR ? axis : null };
  };
  /** @param {PointerEvent} event */
  const begin = (event) => {
    const { y, axis } = placeIn(event);
    if (axis && event.button === 0) {
      event.preventDefault();
      /** @type {HTMLElement} */ (event.currentTarget).setPointerCapture(event.pointerId);
      drag.current = { axis, from: y, hasMoved: false };
    }
  };
  /** @param {PointerEvent} event */
  const move = (event) => {
    const { x, y, axis } = placeIn(event);
    const now = drag.current;
    if (now) {
      now.hasMoved ||= Math.abs(y - now.from) > 3;
      if (now.hasMoved) {
        onBrush({ [now.axis.id]: brushOf(now.axis, flipped.includes(now.axis.id), now.from, y) }, { isDraft: true });
      }
      return;
    }
    /** @type {HTMLElement} */ (event.currentTarget).style.cursor = axis ? "row-resize" : "default";
    onHover(nearestLine(x, y));
  };
  /** @param {PointerEvent} event */
  const end = (event) => {
    const now = drag.current;
    drag.current = null;
    if (now) {
      onBrush({ [now.axis.id]: now.hasMoved ? brushOf(now.axis, flipped.includes(now.axis.id), now.from, placeIn(event).y) : null });
    }
  };
  /** @param {Axis} axis @param {boolean} isFlipped @param {number} from @param {number} to @returns {Brush | null} */
  const brushOf = (axis, isFlipped, from, to) => {
    const [upper, lower] = from < to ? [from, to] : [to, from];
    const hasMissing = axis.missing > 0 && lower > bottom + 14;
    if (upper > bottom + 8) {
      return hasMissing ? { lo: null, hi: null, values: null, hasMissing } : null;
    }
    const [low, high] = [lower, upper].map((y) => Math.min(1, Math.max(0, (bottom - y) / (bottom - TOP))));
    if (axis.kind === "category") {
      const last = Math.max(1, axis.categories.length - 1);
      const room = 6 / (bottom - TOP);
      const values = axis.categories.filter((_, at) => {
        const place = axis.categories.length === 1 ? 0.5 : isFlipped ? 1 - at / last : at / last;
        return place >= low - room && place <= high + room;
      }).map(String);
      return { lo: null, hi: null, values, hasMissing };
    }
    const isAll = low <= 0.004 && high >= 0.996;
    if (isAll) {
      return hasMissing ? null : { lo: axis.lo, hi: axis.hi, values: null, hasMissing };
    }
    const ends = [low <= 0.004 ? null : valueAt(axis, low, isFlipped), high >= 0.996 ? null : valueAt(axis, high, isFlipped)];
    const [lo, hi] = isFlipped ? [ends[1], ends[0]] : ends;
    return { lo, hi, values: null, hasMissing };
  };
  /** @param {number} x @param {number} y */
  const nearestLine = (x, y) => {
    const gap = axes.length > 1 ? (width - 2 * SIDE) / (axes.length - 1) : 1;
    const left = Math.max(0, Math.min(axes.length - 2, Math.floor((x - SIDE) / gap)));
    if (axes.length < 2 || x < SIDE - NEAR || x > width - SIDE + NEAR) {
      return -1;
    }
    const share = (x - xOf(left)) / gap;
    const [one, other] = [axes[left].places, axes[left + 1].places];
    let [best, least] = [-1, GRAB];
    for (let at = 0; at < kept.length; at += 1) {
      if (kept[at]) {
        const far = Math.abs(yOf(one[at]) * (1 - share) + yOf(other[at]) * share - y);
        if (far < least) {
          [best, least] = [at, far];
        }
      }
    }
    return best;
  };
  return html`<div class="parallel-scroll" ref=${host} tabindex="0" role="group" aria-label="Parallel coordinates; each axis has a menu">
    <div class="parallel" style=${{ width: `${width}px` }}>
      ${headsOf(xOf)}
      <div class="sheet-canvases" style=${{ height: `${height}px` }}>
        <canvas ref=${rest} class=${isBrushed ? "" : "is-not-needed"} style=${{ width: `${width}px`, height: `${height}px` }} aria-hidden="true"></canvas>
        <canvas ref=${lines} style=${{ width: `${width}px`, height: `${height}px` }} role="img" aria-label=${summary} data-testid="parallel"></canvas>
        <canvas ref=${over} style=${{ width: `${width}px`, height: `${height}px` }} aria-hidden="true" data-testid="parallel-brush"
          onPointerDown=${begin} onPointerMove=${move} onPointerUp=${end} onPointerCancel=${end} onPointerLeave=${() => { if (!drag.current) { onHover(-1); } }}></canvas>
      </div>
    </div>
  </div>`;
}

/**
 * Draws the line of a run.
 * @param {CanvasRenderingContext2D} context
 * @param {readonly Axis[]} axes
 * @param {(at: number) => number} xOf
 * @param {(place: number) => number} yOf
 */
function strokeOf(context, axes, xOf, yOf) {
  const xs = axes.map((_, at) => xOf(at));
  return (/** @type {number} */ at) => {
    context.beginPath();
    for (let place = 0; place < xs.length; place += 1) {
      const y = yOf(axes[place].places[at]);
      if (place === 0) {
        context.moveTo(xs[0], y);
      } else {
        context.lineTo(xs[place], y);
      }
    }
    context.stroke();
  };
}

/**
 * All runs, faint: what stays behind those that are brushed. It need not be drawn again while a brush moves.
 * @param {import("trialog/plots/canvas.js").Sheet} sheet
 * @param {{axes: readonly Axis[], xOf: (at: number) => number, yOf: (place: number) => number}} what
 */
function* drawRest({ context, inks }, { axes, xOf, yOf }) {
  const stroke = strokeOf(context, axes, xOf, yOf);
  const count = axes[0]?.values.length ?? 0;
  context.strokeStyle = inks.strong;
  context.globalAlpha = Math.max(0.03, Math.min(0.22, 60 / Math.max(1, count)));
  for (let at = 0; at < count; at += 1) {
    stroke(at);
    yield;
  }
}

/**
 * @param {import("trialog/plots/canvas.js").Sheet} sheet
 * @param {{axes: readonly Axis[], kept: Uint8Array, isBrushed: boolean, goodness: Float64Array, xOf: (at: number) => number, yOf: (place: number) => number}} what
 */
function* drawLines({ context, inks }, { axes, kept, isBrushed, goodness, xOf, yOf }) {
  const shown = [...kept.keys()].filter((at) => kept[at]).sort((one, other) => (Number.isNaN(goodness[one]) ? -1 : goodness[one]) - (Number.isNaN(goodness[other]) ? -1 : goodness[other]));
  const stroke = strokeOf(context, axes, xOf, yOf);
  const colourOf = goodColours(inks);
  const count = shown.length;
  context.lineWidth = count <= 80 ? 1.6 : 1.1;
  context.globalAlpha = count <= 60 ? 0.95 : count <= 400 ? 0.72 : count <= 2000 ? 0.5 : Math.max(0.1, 1000 / count);
  if (isBrushed && count <= 400) {
    context.globalAlpha = 0.95;
  }
  for (const at of shown) {
    context.strokeStyle = colourOf(goodness[at]);
    stroke(at);
    yield;
  }
}

/**
 * @param {import("trialog/plots/canvas.js").Sheet} sheet
 * @param {{axes: readonly Axis[], flipped: readonly string[], brushes: ReadonlyMap<string, Brush>, goodness: Float64Array, hovered: number,
 *   xOf: (at: number) => number, yOf: (place: number) => number}} what
 */
function drawAxes({ context, inks, width }, { axes, flipped, brushes, goodness, hovered, xOf, yOf }) {
  context.font = FONT;
  context.textBaseline = "middle";
  const gap = axes.length > 1 ? xOf(1) - xOf(0) : width / 2;
  axes.forEach((axis, at) => {
    const x = xOf(at);
    context.strokeStyle = inks.strong;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, yOf(0));
    context.lineTo(x, yOf(1));
    context.stroke();
    const isFlipped = flipped.includes(axis.id);
    const found = brushes.get(axis.id);
    if (found) {
      drawBrush(context, inks, { axis, isFlipped, brush: found, x, yOf });
    }
  });
  if (hovered >= 0 && axes.length) {
    const path = () => {
      context.beginPath();
      axes.forEach((axis, at) => context[at ? "lineTo" : "moveTo"](xOf(at), yOf(axis.places[hovered])));
      context.stroke();
    };
    context.lineJoin = "round";
    context.strokeStyle = inks.panel;
    context.lineWidth = 6;
    path();
    context.strokeStyle = Number.isNaN(goodness[hovered]) ? inks.text : goodColour(goodness[hovered], inks);
    context.lineWidth = 3;
    path();
    axes.forEach((axis, at) => {
      context.beginPath();
      context.arc(xOf(at), yOf(axis.places[hovered]), 4, 0, 7);
      context.fillStyle = inks.text;
      context.fill();
    });
  }
  axes.forEach((axis, at) => {
    const x = xOf(at);
    const isFlipped = flipped.includes(axis.id);
    const isLast = at === axes.length - 1 && axes.length > 1;
    context.textAlign = isLast ? "end" : "start";
    const from = isLast ? x - 8 : x + 8;
    const say = (/** @type {string} */ text, /** @type {number} */ y) => {
      const cut = cutText(context, text, Math.min(gap - 20, 130));
      const wide = context.measureText(cut).width + 4;
      context.globalAlpha = 0.85; // a plate below the words: lines pass behind it
      context.fillStyle = inks.panel;
      context.fillRect(isLast ? from - wide + 2 : from - 2, y - 7, wide, 14);
      context.globalAlpha = 1;
      context.fillStyle = inks.text;
      context.fillText(cut, from, y);
      context.strokeStyle = inks.strong;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(x - 3, y);
      context.lineTo(x + 3, y);
      context.stroke();
    };
    for (const tick of axisTicks(axis, 7, isFlipped)) {
      say(tick.text, yOf(tick.at));
    }
    if (axis.missing) {
      say("no value", yOf(Number.NaN));
    }
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("trialog/plots/canvas.js").Inks} inks
 * @param {{axis: Axis, isFlipped: boolean, brush: Brush, x: number, yOf: (place: number) => number}} what
 */
function drawBrush(context, inks, { axis, isFlipped, brush, x, yOf }) {
  context.strokeStyle = inks.accent;
  const box = (/** @type {number} */ one, /** @type {number} */ other) => {
    const [top, bottom] = [Math.min(one, other), Math.max(one, other)];
    context.globalAlpha = 0.22;
    context.fillStyle = inks.accent;
    context.fillRect(x - 7, top, 14, bottom - top);
    context.globalAlpha = 1;
    context.lineWidth = 1.5;
    context.strokeRect(x - 7, top, 14, bottom - top);
  };
  if (brush.values) {
    const last = axis.categories.length - 1;
    axis.categories.forEach((each, at) => {
      if (brush.values?.includes(String(each)) || brush.values?.includes(categoryText(each))) {
        const place = last ? at / last : 0.5;
        const y = yOf(isFlipped ? 1 - place : place);
        box(y - 8, y + 8);
      }
    });
  } else if (brush.lo !== null || brush.hi !== null) {
    const ends = [brush.lo ?? axis.lo, brush.hi ?? axis.hi].map((value) => Math.min(1.02, Math.max(-0.02, placeOf(axis, value, isFlipped))));
    box(yOf(ends[0]), yOf(ends[1]));
  }
  if (brush.hasMissing) {
    box(yOf(Number.NaN) - 8, yOf(Number.NaN) + 8);
  }
}
