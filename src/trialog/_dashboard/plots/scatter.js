/** Points of two axes, one for each run; a rectangle brushes both. A line may run through them, as the best so far. */

import { html } from "htm/preact";
import { useRef } from "preact/hooks";

import { axisTicks, valueAt } from "trialog/logic/axes.js";
import { cutText, FONT, goodColour, goodColours, useDrawing, useSize } from "trialog/plots/canvas.js";

const PAD = { left: 62, right: 18, top: 12, bottom: 34 };
const MISSING = 18; // how far beyond the axis a run without a value stands
const GRAB = 12;

/**
 * @typedef {import("trialog/logic/axes.js").Axis} Axis
 * @typedef {import("trialog/logic/brushes.js").Brush} Brush
 * @typedef {{x: number, y: number}} Point
 * @param {{x: Axis, y: Axis, kept: Uint8Array, goodness: Float64Array, hovered: number, summary: string, height?: number, testid: string,
 *   line?: readonly (number | null)[] | null, onHover: (at: number) => void, onBrush?: (changes: Record<string, Brush | null>) => void}} props
 *   line: values of y in the order of x, as steps
 */
export function Scatter({ x, y, kept, goodness, hovered, summary, height: wanted = 300, testid, line = null, onHover, onBrush }) {
  const { host, width, height } = useSize(wanted);
  const drag = useRef(/** @type {{from: Point, to: Point} | null} */ (null));
  const frame = useRef(/** @type {HTMLDivElement | null} */ (null));
  const hasLeft = x.missing > 0;
  const hasBelow = y.missing > 0;
  const left = PAD.left + (hasLeft ? MISSING + 8 : 0);
  const floor = height - PAD.bottom - (hasBelow ? MISSING + 8 : 0);
  const xOf = (/** @type {number} */ place) => (Number.isNaN(place) ? left - MISSING : left + place * (width - left - PAD.right));
  const yOf = (/** @type {number} */ place) => (Number.isNaN(place) ? floor + MISSING : floor - place * (floor - PAD.top));
  const geometry = { x, y, xOf, yOf, left, floor };
  const points = useDrawing({ width, height }, (sheet) => drawPoints(sheet, { ...geometry, kept, goodness, line, hasLeft, hasBelow }), [x, y, kept, goodness, line]);
  const over = useDrawing({ width, height }, (sheet) => drawHovered(sheet, { ...geometry, goodness, hovered }), [x, y, hovered, goodness]);

  /** @param {PointerEvent} event @returns {Point} */
  const pointIn = (event) => {
    const box = /** @type {HTMLElement} */ (event.currentTarget).getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  /** @param {PointerEvent} event */
  const begin = (event) => {
    if (onBrush && event.button === 0) {
      event.preventDefault();
      /** @type {HTMLElement} */ (event.currentTarget).setPointerCapture(event.pointerId);
      const from = pointIn(event);
      drag.current = { from, to: from };
    }
  };
  /** @param {PointerEvent} event */
  const move = (event) => {
    const to = pointIn(event);
    if (drag.current) {
      drag.current.to = to;
      const { from } = drag.current;
      const style = frame.current?.style;
      style?.setProperty("display", "block");
      style?.setProperty("left", `${Math.min(from.x, to.x)}px`);
      style?.setProperty("top", `${Math.min(from.y, to.y)}px`);
      style?.setProperty("width", `${Math.abs(from.x - to.x)}px`);
      style?.setProperty("height", `${Math.abs(from.y - to.y)}px`);
      return;
    }
    let [best, least] = [-1, GRAB ** 2];
    for (let at = 0; at < kept.length; at += 1) {
      const far = (xOf(x.places[at]) - to.x) ** 2 + (yOf(y.places[at]) - to.y) ** 2 + (kept[at] ? 0 : 40);
      if (far < least) {
        [best, least] = [at, far];
      }
    }
    onHover(best);
  };
  const end = () => {
    const now = drag.current;
    drag.current = null;
    frame.current?.style.setProperty("display", "none");
    if (now && onBrush) {
      const { from, to } = now;
      const isClick = Math.abs(from.x - to.x) < 4 && Math.abs(from.y - to.y) < 4;
      const span = width - left - PAD.right;
      onBrush(isClick ? { [x.id]: null, [y.id]: null } : {
        [x.id]: rangeOf(x, [from.x, to.x].map((each) => (each - left) / span)),
        [y.id]: rangeOf(y, [from.y, to.y].map((each) => (floor - each) / (floor - PAD.top))),
      });
    }
  };
  return html`<div class="sheet-canvases" ref=${host} style=${{ height: `${height}px` }}>
    <canvas ref=${points} style=${{ width: `${width}px`, height: `${height}px` }} role="img" aria-label=${summary} data-testid=${testid}></canvas>
    <canvas ref=${over} style=${{ width: `${width}px`, height: `${height}px` }} aria-hidden="true" class=${onBrush ? "can-brush" : ""} data-testid=${`${testid}-brush`}
      onPointerDown=${begin} onPointerMove=${move} onPointerUp=${end} onPointerCancel=${end} onPointerLeave=${() => { if (!drag.current) { onHover(-1); } }}></canvas>
    <div class="brush-frame" ref=${frame} aria-hidden="true"></div>
  </div>`;
}

/**
 * What a stretch of an axis keeps.
 * @param {Axis} axis
 * @param {number[]} ends places on it
 * @returns {Brush | null}
 */
function rangeOf(axis, ends) {
  const [low, high] = ends[0] < ends[1] ? ends : [ends[1], ends[0]];
  if (high < 0) {
    return axis.missing ? { lo: null, hi: null, values: null, hasMissing: true } : null;
  }
  const hasMissing = axis.missing > 0 && low < -0.04;
  if (low <= 0 && high >= 1) {
    return hasMissing || !axis.missing ? null : { lo: axis.lo, hi: axis.hi, values: null, hasMissing };
  }
  if (axis.kind === "category") {
    const last = Math.max(1, axis.categories.length - 1);
    const values = axis.categories.filter((_, at) => {
      const place = axis.categories.length === 1 ? 0.5 : at / last;
      return place >= low - 0.01 && place <= high + 0.01;
    }).map(String);
    return { lo: null, hi: null, values, hasMissing };
  }
  return { lo: low <= 0 ? null : valueAt(axis, low), hi: high >= 1 ? null : valueAt(axis, high), values: null, hasMissing };
}

/** @typedef {{x: Axis, y: Axis, xOf: (place: number) => number, yOf: (place: number) => number, left: number, floor: number}} Geometry */

/**
 * @param {import("trialog/plots/canvas.js").Sheet} sheet
 * @param {Geometry & {kept: Uint8Array, goodness: Float64Array, line: readonly (number | null)[] | null, hasLeft: boolean, hasBelow: boolean}} what
 */
function* drawPoints({ context, width, height, inks }, { x, y, xOf, yOf, left, floor, kept, goodness, line, hasLeft, hasBelow }) {
  context.font = FONT;
  context.lineWidth = 1;
  context.fillStyle = inks.soft;
  context.strokeStyle = inks.line;
  context.textBaseline = "middle";
  context.textAlign = "end";
  for (const tick of axisTicks(y, 5)) {
    context.strokeRect(left - 6, Math.round(yOf(tick.at)) + 0.5, width - left - PAD.right + 12, 0);
    context.fillText(cutText(context, tick.text, PAD.left - 14), PAD.left - 10, yOf(tick.at));
  }
  context.textBaseline = "top";
  context.textAlign = "center";
  const ticks = axisTicks(x, Math.max(3, Math.floor(width / 110)));
  const room = (width - left - PAD.right) / Math.max(1, ticks.length - 1) - 8;
  for (const tick of ticks) {
    const at = Math.round(xOf(tick.at)) + 0.5;
    context.strokeRect(at, PAD.top - 4, 0, floor - PAD.top + 8);
    const text = cutText(context, tick.text, Math.max(24, room));
    const half = context.measureText(text).width / 2;
    context.fillText(text, Math.min(width - half - 2, at), height - PAD.bottom + 8);
  }
  if (hasLeft) {
    context.fillText("none", xOf(Number.NaN), height - PAD.bottom + 8);
  }
  if (hasBelow) {
    context.textAlign = "end";
    context.textBaseline = "middle";
    context.fillText("no value", PAD.left - 10, yOf(Number.NaN));
  }
  if (line) {
    drawSteps({ context, inks }, { x, y, xOf, yOf, line });
  }
  const count = kept.length;
  const size = count > 3000 ? 2 : count > 500 ? 3 : 4;
  const colourOf = goodColours(inks);
  const place = (/** @type {number} */ at, /** @type {number} */ radius) => {
    context.beginPath();
    if (size === 2) {
      context.rect(xOf(x.places[at]) - radius, yOf(y.places[at]) - radius, 2 * radius, 2 * radius);
      return;
    }
    context.arc(xOf(x.places[at]), yOf(y.places[at]), radius, 0, 7);
  };
  context.globalAlpha = count > 3000 ? 0.2 : 0.35;
  context.strokeStyle = inks.strong;
  const order = [...kept.keys()];
  for (const at of order.filter((each) => !kept[each])) {
    place(at, size - 1);
    context.stroke();
    yield;
  }
  const shown = order.filter((each) => kept[each]).sort((one, other) => (Number.isNaN(goodness[one]) ? -1 : goodness[one]) - (Number.isNaN(goodness[other]) ? -1 : goodness[other]));
  context.globalAlpha = count > 3000 ? 0.55 : 0.9;
  context.strokeStyle = inks.panel;
  for (const at of shown) {
    place(at, size);
    context.fillStyle = colourOf(goodness[at]);
    context.fill();
    if (size > 2) {
      context.stroke();
    }
    yield;
  }
}

/**
 * @param {Pick<import("trialog/plots/canvas.js").Sheet, "context" | "inks">} sheet
 * @param {Pick<Geometry, "x" | "y" | "xOf" | "yOf"> & {line: readonly (number | null)[]}} what
 */
function drawSteps({ context, inks }, { x, y, xOf, yOf, line }) {
  const share = (/** @type {number} */ value) => (y.lo === y.hi ? 0.5 : y.kind === "log" ? Math.log(value / y.lo) / Math.log(y.hi / y.lo) : (value - y.lo) / (y.hi - y.lo));
  context.beginPath();
  context.strokeStyle = inks.accent;
  context.lineWidth = 2;
  let before = /** @type {number | null} */ (null);
  line.forEach((value, at) => {
    if (value === null) {
      return;
    }
    const [px, py] = [xOf(x.places[at]), yOf(share(value))];
    if (before === null) {
      context.moveTo(px, py);
    } else if (before !== py || at === line.length - 1) {
      context.lineTo(px, before);
      context.lineTo(px, py);
    }
    before = py;
  });
  context.stroke();
  context.lineWidth = 1;
}

/**
 * @param {import("trialog/plots/canvas.js").Sheet} sheet
 * @param {Geometry & {goodness: Float64Array, hovered: number}} what
 */
function drawHovered({ context, inks }, { x, y, xOf, yOf, goodness, hovered }) {
  if (hovered < 0) {
    return;
  }
  context.beginPath();
  context.arc(xOf(x.places[hovered]), yOf(y.places[hovered]), 6.5, 0, 7);
  context.fillStyle = goodColour(goodness[hovered], inks);
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = inks.text;
  context.stroke();
}
