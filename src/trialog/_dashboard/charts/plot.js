/**
 * One chart on the page: three canvases (grid and axes; lines; what the pointer is on), pointer and keys.
 *
 * The lines are drawn once and stay while the pointer moves; only the uppermost canvas is drawn anew then.
 */

import { drawAxes, drawChosen, drawCurves, frameOf } from "trialog/charts/drawing.js";
import { forgetPainting, paintSoon } from "trialog/charts/painting.js";
import { Tooltip } from "trialog/charts/tooltip.js";
import { slotFrom } from "trialog/logic/chartdata.js";
import { readAt } from "trialog/logic/readout.js";
import { formatPlace, fromPixel, toPixel, zoomed } from "trialog/logic/scales.js";

const NEAR_PX = 28; // so near must the pointer be to a line to be on it
const CLICK_PX = 4;

/**
 * @typedef {import("trialog/charts/drawing.js").Scene} Scene
 * @typedef {import("trialog/charts/drawing.js").Frame} Frame
 * @typedef {object} Acts what the page does when the user does something
 * @property {(range: [number, number] | null) => void} zoomX null: all of it
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
    /** @type {{x: number, y: number, toX: number, toY: number, isPan: boolean, range: [number, number]} | null} */
    this.drag = null;
    this.size = { width: 0, height: 0 };
    this.stops = new AbortController();
    const { signal } = this.stops;
    host.addEventListener("pointermove", (event) => this.onMove(event), { signal });
    host.addEventListener("pointerdown", (event) => this.onDown(event), { signal });
    host.addEventListener("pointerup", (event) => this.onUp(event), { signal });
    host.addEventListener("pointercancel", () => this.endDrag(), { signal });
    host.addEventListener("pointerleave", () => this.onLeave(), { signal });
    host.addEventListener("dblclick", () => this.reset(), { signal });
    host.addEventListener("keydown", (event) => this.onKey(event), { signal });
    host.addEventListener("blur", () => this.onLeave(), { signal });
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
      this.drawDrag(pen, scene, frame);
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

  /** @param {CanvasRenderingContext2D} pen @param {Scene} scene @param {Frame} frame */
  drawDrag(pen, scene, frame) {
    const box = this.dragged(frame);
    pen.fillStyle = scene.palette.text + "1f";
    pen.strokeStyle = scene.palette.soft;
    pen.lineWidth = 1;
    pen.fillRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    pen.strokeRect(box.left + 0.5, box.top + 0.5, box.right - box.left, box.bottom - box.top);
  }

  /** What is dragged over: x alone where the pointer went sideways, y alone where it went up or down. @param {Frame} frame */
  dragged(frame) {
    const { x, y, toX, toY } = this.drag ?? { x: 0, y: 0, toX: 0, toY: 0 };
    const [wide, high] = [Math.abs(toX - x), Math.abs(toY - y)];
    const hasX = wide >= 12 || wide >= high;
    const hasY = high >= 30 && high > wide * 0.35;
    const clampX = (/** @type {number} */ value) => Math.min(frame.right, Math.max(frame.left, value));
    const clampY = (/** @type {number} */ value) => Math.min(frame.bottom, Math.max(frame.top, value));
    return {
      hasX: hasX && wide > CLICK_PX, hasY,
      left: hasX ? clampX(Math.min(x, toX)) : frame.left, right: hasX ? clampX(Math.max(x, toX)) : frame.right,
      top: hasY ? clampY(Math.min(y, toY)) : frame.top, bottom: hasY ? clampY(Math.max(y, toY)) : frame.bottom,
    };
  }

  /** @param {import("trialog/logic/chartdata.js").Curve} curve */
  isChosen(curve) {
    return curve.key === this.chosen || (curve.run !== "" && this.marked.has(curve.run));
  }

  // -- the pointer -------------------------------------------------------------------------------

  /** @param {PointerEvent} event */
  placeOf(event) {
    const box = this.host.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  /** @param {PointerEvent} event */
  onMove(event) {
    const { frame, scene } = this;
    if (!frame || !scene) {
      return;
    }
    const { x, y } = this.placeOf(event);
    if (this.drag) {
      Object.assign(this.drag, { toX: x, toY: y });
      if (this.drag.isPan) {
        const { range } = this.drag;
        const move = (/** @type {number} */ value) => fromPixel(frame.x, toPixel(frame.x, value) - (x - (this.drag?.x ?? x)));
        this.acts.zoomX([move(range[0]), move(range[1])]);
        this.drag.x = x;
        this.drag.range = [move(range[0]), move(range[1])];
      }
      this.drawTop();
      return;
    }
    if (x < frame.left - 6 || x > frame.right + 6) {
      this.onLeave();
      return;
    }
    this.isActive = true;
    this.pointer = Math.min(frame.bottom, Math.max(frame.top, y));
    this.cursor = fromPixel(frame.x, Math.min(frame.right, Math.max(frame.left, x)));
    const read = readAt(scene, frame, this.cursor, this.pointer, "");
    const first = read?.lines[0];
    this.choose(first && first.distance <= NEAR_PX ? first.drawn.curve : null);
    this.acts.point(this.cursor);
    this.drawTop();
  }

  /** @param {import("trialog/logic/chartdata.js").Curve | null} curve */
  choose(curve) {
    this.chosen = curve?.key ?? "";
    this.acts.hover(curve?.run ?? "");
  }

  /** @param {PointerEvent} event */
  onDown(event) {
    if (event.button !== 0 || !this.frame || !this.scene || event.pointerType === "touch") {
      return;
    }
    const { x, y } = this.placeOf(event);
    this.drag = { x, y, toX: x, toY: y, isPan: event.shiftKey, range: [...this.scene.xRange] };
    this.host.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  onUp(event) {
    const { drag, frame } = this;
    if (!drag || !frame) {
      return;
    }
    const box = this.dragged(frame);
    const isClick = Math.hypot(drag.toX - drag.x, drag.toY - drag.y) <= CLICK_PX;
    this.endDrag();
    if (drag.isPan) {
      return;
    }
    if (isClick) {
      const run = this.scene?.curves.find(({ curve }) => curve.key === this.chosen)?.curve.run;
      if (run && event.detail !== 2) {
        this.acts.pin(run);
      }
      return;
    }
    if (box.hasY) {
      this.acts.zoomY([fromPixel(frame.y, box.bottom), fromPixel(frame.y, box.top)]);
    }
    if (box.hasX) {
      this.acts.zoomX([fromPixel(frame.x, box.left), fromPixel(frame.x, box.right)]);
    }
  }

  endDrag() {
    this.drag = null;
    this.drawTop();
  }

  onLeave() {
    if (this.isActive) {
      this.isActive = false;
      this.pointer = null;
      this.cursor = null;
      this.choose(null);
      this.acts.point(null);
      this.drawTop();
    }
  }

  reset() {
    this.acts.zoomY(null);
    this.acts.zoomX(null);
  }

  // -- the keyboard ------------------------------------------------------------------------------

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const { scene, frame } = this;
    if (!scene || !frame || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const by = event.shiftKey ? 10 : 1;
    /** @type {Record<string, () => void>} */
    const acts = {
      ArrowLeft: () => this.step(-by),
      ArrowRight: () => this.step(by),
      Home: () => this.step(-Infinity),
      End: () => this.step(Infinity),
      "[": () => this.turn(-1),
      "]": () => this.turn(1),
      "+": () => this.zoomAt(0.5),
      "=": () => this.zoomAt(0.5),
      "-": () => this.zoomAt(2),
      ",": () => this.pan(-0.25),
      ".": () => this.pan(0.25),
      Enter: () => this.pinChosen(),
      Escape: () => this.escape(),
    };
    const act = acts[event.key];
    if (act) {
      event.preventDefault();
      event.stopPropagation();
      act();
    }
  }

  /** To the next place where the chosen line, or any, has a value. @param {number} by */
  step(by) {
    const { scene, frame } = this;
    const drawn = scene?.curves.find(({ curve }) => curve.key === this.chosen) ?? scene?.curves[0];
    if (!scene || !frame || !drawn) {
      return;
    }
    const { x } = { x: drawn.answer.arrays.x.values };
    const { y } = drawn.curve;
    const [left, right] = drawn.answer.header.borders;
    const places = [];
    const [from, to] = [Math.max(slotFrom(x, scene.xRange[0]), left ? 1 : 0), x.length - (right ? 1 : 0)];
    for (let slot = from; slot < to && x[slot] <= scene.xRange[1]; slot += 1) {
      if (y[slot] === y[slot]) {
        places.push(x[slot]);
      }
    }
    if (!places.length) {
      return;
    }
    let at = this.cursor === null ? (by < 0 && by !== -Infinity ? places.length : -1) : slotFrom(Float64Array.from(places), this.cursor);
    if (this.cursor !== null && by > 0 && places[at] > this.cursor) {
      at -= 1;
    }
    this.cursor = places[Math.min(places.length - 1, Math.max(0, at + by))];
    this.isActive = true;
    this.pointer = null;
    this.acts.point(this.cursor);
    this.drawTop();
    this.say(drawn);
  }

  /** @param {import("trialog/charts/drawing.js").Drawn} drawn */
  say(drawn) {
    const { scene, frame, cursor } = this;
    const read = scene && frame && cursor !== null ? readAt({ ...scene, curves: [drawn] }, frame, cursor, null, this.acts.baseline()) : null;
    if (scene && read) {
      this.acts.tell(`${drawn.curve.label}, ${scene.xLabel} ${formatPlace(read.x, scene.kind)}: ${read.lines[0].value}`);
    }
  }

  /** To another line. @param {number} by */
  turn(by) {
    const curves = this.scene?.curves ?? [];
    if (!curves.length) {
      return;
    }
    const at = curves.findIndex(({ curve }) => curve.key === this.chosen);
    const next = curves[(at + by + curves.length + (at < 0 && by < 0 ? 1 : 0)) % curves.length];
    this.isActive = true;
    this.pointer = null;
    this.choose(next.curve);
    if (this.cursor === null) {
      this.step(Infinity);
      return;
    }
    this.drawTop();
    this.say(next);
  }

  /** @param {number} factor */
  zoomAt(factor) {
    const { scene } = this;
    if (scene) {
      const [lo, hi] = scene.xRange;
      const middle = scene.isLogX ? Math.sqrt(lo * hi) : (lo + hi) / 2;
      this.acts.zoomX(zoomed(scene.xRange, this.cursor ?? middle, factor, scene.isLogX));
    }
  }

  /** Moves the window along x. @param {number} share of its width */
  pan(share) {
    const { frame } = this;
    if (frame) {
      const by = share * (frame.right - frame.left);
      this.acts.zoomX([fromPixel(frame.x, frame.left + by), fromPixel(frame.x, frame.right + by)]);
    }
  }

  pinChosen() {
    const run = this.scene?.curves.find(({ curve }) => curve.key === this.chosen)?.curve.run;
    if (run) {
      this.acts.pin(run);
    }
  }

  escape() {
    if (this.cursor !== null || this.chosen) {
      this.isActive = true;
      this.onLeave();
    } else {
      this.reset();
    }
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
