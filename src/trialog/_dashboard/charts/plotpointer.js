/** What a chart does when the pointer moves over it, drags, clicks or leaves it. */

import { readAt } from "trialog/logic/readout.js";
import { fromPixel, toPixel } from "trialog/logic/scales.js";

const NEAR_PX = 28; // so near must the pointer be to a line to be on it
const CLICK_PX = 4;

/**
 * @typedef {import("trialog/charts/plot.js").Plot} Plot
 * @typedef {import("trialog/charts/drawing.js").Scene} Scene
 * @typedef {import("trialog/charts/drawing.js").Frame} Frame
 * @typedef {{x: number, y: number, toX: number, toY: number, isPan: boolean, isSliding: boolean, range: [number, number]}} Drag
 *   in pixels, from where to where; range: of x, that a pan moves
 */

/** Lets a chart answer to the pointer. @param {Plot} plot @param {AbortSignal} signal ends it */
export function followPointer(plot, signal) {
  const { host } = plot;
  host.addEventListener("pointermove", (event) => move(plot, event), { signal });
  host.addEventListener("pointerdown", (event) => press(plot, event), { signal });
  host.addEventListener("pointerup", (event) => release(plot, event), { signal });
  host.addEventListener("pointercancel", () => endDrag(plot), { signal });
  host.addEventListener("pointerleave", () => plot.leave(), { signal });
  host.addEventListener("dblclick", () => plot.reset(), { signal });
}

/** @param {CanvasRenderingContext2D} pen @param {Drag} drag @param {Scene} scene @param {Frame} frame */
export function drawDrag(pen, drag, scene, frame) {
  const box = boxOf(drag, frame);
  pen.fillStyle = scene.palette.text + "1f";
  pen.strokeStyle = scene.palette.soft;
  pen.lineWidth = 1;
  pen.fillRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  pen.strokeRect(box.left + 0.5, box.top + 0.5, box.right - box.left, box.bottom - box.top);
}

/** What is dragged over: x alone where the pointer went sideways, y alone where it went up or down. @param {Drag} drag @param {Frame} frame */
function boxOf({ x, y, toX, toY }, frame) {
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

/** In pixels of the host. @param {Plot} plot @param {PointerEvent} event */
function placeOf({ host }, event) {
  const box = host.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

/** @param {Plot} plot @param {PointerEvent} event */
function move(plot, event) {
  const { frame, scene, drag } = plot;
  if (!frame || !scene) {
    return;
  }
  const { x, y } = placeOf(plot, event);
  if (drag) {
    Object.assign(drag, { toX: x, toY: y });
    if (drag.isPan) {
      pan(plot, drag, frame);
    }
    plot.drawTop();
    return;
  }
  if (x < frame.left - 6 || x > frame.right + 6) {
    plot.leave();
    return;
  }
  plot.isActive = true;
  plot.pointer = Math.min(frame.bottom, Math.max(frame.top, y));
  plot.cursor = fromPixel(frame.x, Math.min(frame.right, Math.max(frame.left, x)));
  const read = readAt(scene, frame, plot.cursor, plot.pointer, "");
  const first = read?.lines[0];
  plot.choose(first && first.distance <= NEAR_PX ? first.drawn.curve : null);
  plot.acts.point(plot.cursor);
  plot.drawTop();
}

/** Moves the window along x, as far as the pointer went. @param {Plot} plot @param {Drag} drag @param {Frame} frame */
function pan(plot, drag, frame) {
  const by = drag.toX - drag.x;
  const moved = (/** @type {number} */ value) => fromPixel(frame.x, toPixel(frame.x, value) - by);
  drag.range = [moved(drag.range[0]), moved(drag.range[1])];
  drag.x = drag.toX;
  plot.acts.zoomX(drag.range, drag.isSliding);
  drag.isSliding = true; // the whole way is one step for the back button
}

/** @param {Plot} plot @param {PointerEvent} event */
function press(plot, event) {
  if (event.button !== 0 || !plot.frame || !plot.scene || event.pointerType === "touch") {
    return;
  }
  const { x, y } = placeOf(plot, event);
  plot.drag = { x, y, toX: x, toY: y, isPan: event.shiftKey, isSliding: false, range: [...plot.scene.xRange] };
  plot.host.setPointerCapture(event.pointerId);
}

/** @param {Plot} plot @param {PointerEvent} event */
function release(plot, event) {
  const { drag, frame } = plot;
  if (!drag || !frame) {
    return;
  }
  const box = boxOf(drag, frame);
  const isClick = Math.hypot(drag.toX - drag.x, drag.toY - drag.y) <= CLICK_PX;
  endDrag(plot);
  if (drag.isPan) {
    return;
  }
  if (isClick) {
    if (event.detail !== 2) {
      plot.pinChosen();
    }
    return;
  }
  if (box.hasY) {
    plot.acts.zoomY([fromPixel(frame.y, box.bottom), fromPixel(frame.y, box.top)]);
  }
  if (box.hasX) {
    plot.acts.zoomX([fromPixel(frame.x, box.left), fromPixel(frame.x, box.right)]);
  }
}

/** @param {Plot} plot */
function endDrag(plot) {
  plot.drag = null;
  plot.drawTop();
}
