/**
 * One chart on the page: three canvases (grid and axes; lines; what the pointer is on), and where its cursor is.
 *
 * The lines are drawn once and stay while the pointer moves; only the uppermost canvas is drawn anew then.
 * What it does for the pointer and for keys is in `plotpointer.js` and `plotkeys.js`.
 */

import { drawAxes, drawChosen, drawCurves, frameOf } from "trialog/charts/drawing.js";
import { forgetPainting, paintSoon } from "trialog/charts/painting.js";
import { followKeys } from "trialog/charts/plotkeys.js";
import { drawDrag, followPointer } from "trialog/charts/plotpointer.js";
import { Tooltip } from "trialog/charts/tooltip.js";
import { readAt } from "trialog/logic/readout.js";
import { toPixel } from "trialog/logic/scales.js";

/**
 * @typedef {import("trialog/charts/drawing.js").Scene} Scene
 * @typedef {import("trialog/charts/drawing.js").Frame} Frame
 * @typedef {object} Acts what the page does when the user does something
 * @property {(range: [number, number] | null, isSliding?: boolean) => void} zoomX null: all of it; isSliding: no step of its own for the back button
 * @property {(range: [number, number] | null) => void} zoomY
 * @property {(x: number | null) => void} point the cursor of all charts
 * @property {(run: string) => void} hover the run under the pointer; "" for none
 * @property {(run: string) => void} pin
 * @property {(width: number) => void} resize pixels of the drawing
 * @property {(text: string) => void} tell what screen readers say
 * @property {() => string} baseline
 */

/** A chart within an element. */
export class Plot {
  /** @param {HTMLElement} host @param {Acts} acts */
  constructor(host, acts) {
    this.host = host;
    this.acts = acts;
    this.back = addCanvas(host, "plot-back");
    this.lines = addCanvas(host, "plot-lines");
    this.top = addCanvas(host, "plot-top");
    this.tooltip = new Tooltip(host);
    /** @type {Scene | null} */
    this.scene = null;
    /** @type {Frame | null} */
    this.frame = null;
    /** @type {number | null} */
    this.cursor = null;
    /** @type {number | null} of the pointer, in pixels; null while the keyboard or another chart moves the cursor */
    this.pointer = null;
    this.isActive = false;
    this.chosen = ""; // key of a line
    /** @type {ReadonlySet<string>} runs that others chose */
    this.marked = new Set();
    /** @type {import("trialog/charts/plotpointer.js").Drag | null} */
    this.drag = null;
    this.size = { width: 0, height: 0 };
    this.stops = new AbortController();
    followPointer(this, this.stops.signal);
    followKeys(this, this.stops.signal);
    this.observer = new ResizeObserver(() => this.measure());
    this.observer.observe(host);
    this.measure();
  }

  /** @param {Scene | null} scene */
  update(scene) {
    this.scene = scene;
    paintSoon(this, this.drawing());
  }

  /** The cursor of another chart. @param {number | null} x */
  setCursor(x) {
    if (!this.isActive && this.cursor !== x) {
      this.cursor = x;
      this.drawTop();
    }
  }

  /** Runs that the table or another chart points at. @param {ReadonlySet<string>} runs */
  mark(runs) {
    this.marked = runs;
    this.drawTop();
  }

  destroy() {
    forgetPainting(this);
    this.stops.abort();
    this.observer.disconnect();
    this.tooltip.remove();
    for (const canvas of [this.back, this.lines, this.top]) {
      canvas.remove();
    }
  }

  measure() {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!width || !height || (width === this.size.width && height === this.size.height)) {
      return;
    }
    this.size = { width, height };
    this.acts.resize(Math.max(1, Math.round(width - 60)));
    paintSoon(this, this.drawing());
  }

  /** Draws all of it, in several parts where it takes long. @returns {import("trialog/charts/painting.js").Draw} */
  drawing() {
    let from = 0;
    return (spend) => {
      if (!this.scene && !this.frame) {
        return false; // a chart that is only scrolled past costs no canvas
      }
      if (from === 0) {
        this.drawBack();
      }
      from = this.scene && this.frame ? drawCurves(penOf(this.lines), this.scene, this.frame, { from, spend }) : -1;
      if (from < 0) {
        this.drawTop();
        this.host.dispatchEvent(new CustomEvent("drawn"));
      }
      return from >= 0;
    };
  }

  /** Empties it, and draws what lies behind the lines. */
  drawBack() {
    const { width, height } = this.size;
    for (const canvas of [this.back, this.lines]) {
      fit(canvas, width, height);
    }
    this.frame = this.scene && width ? frameOf(this.scene, width, height) : null;
    if (this.scene && this.frame) {
      drawAxes(penOf(this.back), this.scene, this.frame);
    }
  }

  /** What the pointer is on. */
  drawTop() {
    const { scene, frame } = this;
    if (!frame && !scene) {
      return;
    }
    const chosen = scene ? scene.curves.filter(({ curve }) => this.isChosen(curve)) : [];
    this.lines.classList.toggle("is-dim", chosen.length > 0 && scene !== null && chosen.length < scene.curves.length);
    const isBare = chosen.length === 0 && this.cursor === null && !(this.drag && !this.drag.isPan);
    if (!scene || !frame || isBare) {
      wipe(this.top);
      this.tooltip.hide();
      return;
    }
    fit(this.top, this.size.width, this.size.height);
    const pen = penOf(this.top);
    for (const drawn of chosen.slice(0, 40)) {
      drawChosen(pen, drawn, scene, frame);
    }
    if (this.drag && !this.drag.isPan) {
      drawDrag(pen, this.drag, scene, frame);
      this.tooltip.hide();
      return;
    }
    if (this.cursor === null) {
      this.tooltip.hide();
      return;
    }
    const at = toPixel(frame.x, this.cursor);
    if (at < frame.left - 1 || at > frame.right + 1) {
      this.tooltip.hide();
      return;
    }
    pen.strokeStyle = scene.palette.soft;
    pen.lineWidth = 1;
    pen.setLineDash([3, 3]);
    pen.beginPath();
    pen.moveTo(Math.round(at) + 0.5, frame.top);
    pen.lineTo(Math.round(at) + 0.5, frame.bottom);
    pen.stroke();
    pen.setLineDash([]);
    this.drawRead(pen, scene, frame, at);
  }

  /** @param {CanvasRenderingContext2D} pen @param {Scene} scene @param {Frame} frame @param {number} at */
  drawRead(pen, scene, frame, at) {
    const isFew = scene.curves.length <= 30;
    if (!this.isActive && !isFew) {
      return;
    }
    const read = readAt(scene, frame, this.cursor ?? 0, this.pointer, this.acts.baseline());
    for (const { drawn, near } of read && isFew ? read.lines : []) {
      const y = toPixel(frame.y, near.value);
      if (y >= frame.top - 3 && y <= frame.bottom + 3) {
        pen.fillStyle = drawn.style.colour;
        pen.strokeStyle = scene.palette.panel;
        pen.lineWidth = 1.5;
        pen.beginPath();
        pen.arc(toPixel(frame.x, near.x), y, 3.5, 0, 2 * Math.PI);
        pen.fill();
        pen.stroke();
      }
    }
    if (this.isActive) {
      const own = read?.lines.find(({ drawn }) => drawn.curve.key === this.chosen);
      const y = this.pointer ?? (own ? toPixel(frame.y, own.near.value) : (frame.top + frame.bottom) / 2);
      this.tooltip.show(read, scene, this.chosen, { x: at, y });
    }
  }

  /** @param {import("trialog/logic/chartdata.js").Curve} curve */
  isChosen(curve) {
    return curve.key === this.chosen || (curve.run !== "" && this.marked.has(curve.run));
  }

  /** @param {import("trialog/logic/chartdata.js").Curve | null} curve */
  choose(curve) {
    this.chosen = curve?.key ?? "";
    this.acts.hover(curve?.run ?? "");
  }

  pinChosen() {
    const run = this.scene?.curves.find(({ curve }) => curve.key === this.chosen)?.curve.run;
    if (run) {
      this.acts.pin(run);
    }
  }

  /** No cursor, no line chosen; what another chart does stays. */
  leave() {
    if (this.isActive) {
      this.isActive = false;
      this.pointer = null;
      this.cursor = null;
      this.choose(null);
      this.acts.point(null);
      this.drawTop();
    }
  }

  /** All of both axes. */
  reset() {
    this.acts.zoomY(null);
    this.acts.zoomX(null);
  }
}

/** @param {HTMLElement} host @param {string} kind */
function addCanvas(host, kind) {
  const canvas = document.createElement("canvas");
  canvas.className = kind;
  canvas.width = 0;
  canvas.setAttribute("aria-hidden", "true");
  host.append(canvas);
  return canvas;
}

/** Empties a canvas, and frees what it holds: each costs time in every frame. @param {HTMLCanvasElement} canvas */
function wipe(canvas) {
  if (canvas.width) {
    canvas.width = 0;
  }
}

/** @param {HTMLCanvasElement} canvas */
function penOf(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
}

/** Empties a canvas and gives it the pixels of the screen. @param {HTMLCanvasElement} canvas @param {number} width @param {number} height */
function fit(canvas, width, height) {
  const ratio = Math.min(3, devicePixelRatio || 1);
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  const pen = penOf(canvas);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
}
