/** What a chart does when it has the focus and a key is pressed. */

import { slotFrom } from "trialog/logic/chartdata.js";
import { readAt } from "trialog/logic/readout.js";
import { formatPlace, fromPixel, zoomed } from "trialog/logic/scales.js";

/**
 * @typedef {import("trialog/charts/plot.js").Plot} Plot
 * @typedef {object} PlotKeys keys that belong together
 * @property {string} keys as people read them
 * @property {string} words what they do
 * @property {Record<string, (plot: Plot, by: number) => void>} acts by `KeyboardEvent.key`; by: ten with Shift, else one
 */

/** @type {readonly PlotKeys[]} */
export const PLOT_KEYS = [
  {
    keys: "← →", words: "The value before, the next one; with Shift, ten further",
    acts: { ArrowLeft: (plot, by) => step(plot, -by), ArrowRight: (plot, by) => step(plot, by) },
  },
  {
    keys: "Home End", words: "The first value, the last one",
    acts: { Home: (plot) => step(plot, -Infinity), End: (plot) => step(plot, Infinity) },
  },
  {
    keys: "[ ]", words: "The line before, the next one",
    acts: { "[": (plot) => turn(plot, -1), "]": (plot) => turn(plot, 1) },
  },
  {
    keys: "+ −", words: "Zoom in, zoom out",
    acts: { "+": (plot) => zoomAt(plot, 0.5), "=": (plot) => zoomAt(plot, 0.5), "-": (plot) => zoomAt(plot, 2) },
  },
  {
    keys: ", .", words: "Pan to the left, to the right",
    acts: { ",": (plot) => pan(plot, -0.25), ".": (plot) => pan(plot, 0.25) },
  },
  { keys: "Enter", words: "Pin the run of the line", acts: { Enter: (plot) => plot.pinChosen() } },
  { keys: "Esc", words: "Leave the line; once more: all of both axes", acts: { Escape: escape } },
];

const ACTS = new Map(PLOT_KEYS.flatMap(({ acts }) => Object.entries(acts)));

/** Lets a chart answer to the keyboard. @param {Plot} plot @param {AbortSignal} signal ends it */
export function followKeys(plot, signal) {
  plot.host.addEventListener("keydown", (event) => press(plot, event), { signal });
  plot.host.addEventListener("blur", () => plot.leave(), { signal });
}

/** @param {Plot} plot @param {KeyboardEvent} event */
function press(plot, event) {
  if (!plot.scene || !plot.frame || event.ctrlKey || event.metaKey || event.altKey) {
    return;
  }
  const act = ACTS.get(event.key);
  if (act) {
    event.preventDefault();
    event.stopPropagation();
    act(plot, event.shiftKey ? 10 : 1);
  }
}

/** To the next place where the chosen line, or any, has a value. @param {Plot} plot @param {number} by */
function step(plot, by) {
  const { scene, frame } = plot;
  const drawn = scene?.curves.find(({ curve }) => curve.key === plot.chosen) ?? scene?.curves[0];
  if (!scene || !frame || !drawn) {
    return;
  }
  const x = drawn.answer.arrays.x.values;
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
  let at = plot.cursor === null ? (by < 0 && by !== -Infinity ? places.length : -1) : slotFrom(Float64Array.from(places), plot.cursor);
  if (plot.cursor !== null && by > 0 && places[at] > plot.cursor) {
    at -= 1;
  }
  plot.cursor = places[Math.min(places.length - 1, Math.max(0, at + by))];
  plot.isActive = true;
  plot.pointer = null;
  plot.acts.point(plot.cursor);
  plot.drawTop();
  say(plot, drawn);
}

/** @param {Plot} plot @param {import("trialog/charts/drawing.js").Drawn} drawn */
function say({ scene, frame, cursor, acts }, drawn) {
  const read = scene && frame && cursor !== null ? readAt({ ...scene, curves: [drawn] }, frame, cursor, null, acts.baseline()) : null;
  if (scene && read) {
    acts.tell(`${drawn.curve.label}, ${scene.xLabel} ${formatPlace(read.x, scene.kind)}: ${read.lines[0].value}`);
  }
}

/** To another line. @param {Plot} plot @param {number} by */
function turn(plot, by) {
  const curves = plot.scene?.curves ?? [];
  if (!curves.length) {
    return;
  }
  const at = curves.findIndex(({ curve }) => curve.key === plot.chosen);
  const next = curves[(at + by + curves.length + (at < 0 && by < 0 ? 1 : 0)) % curves.length];
  plot.isActive = true;
  plot.pointer = null;
  plot.choose(next.curve);
  if (plot.cursor === null) {
    step(plot, Infinity);
    return;
  }
  plot.drawTop();
  say(plot, next);
}

/** @param {Plot} plot @param {number} factor */
function zoomAt({ scene, cursor, acts }, factor) {
  if (scene) {
    const [lo, hi] = scene.xRange;
    const middle = scene.isLogX ? Math.sqrt(lo * hi) : (lo + hi) / 2;
    acts.zoomX(zoomed(scene.xRange, cursor ?? middle, factor, scene.isLogX));
  }
}

/** Moves the window along x. @param {Plot} plot @param {number} share of its width */
function pan({ frame, acts }, share) {
  if (frame) {
    const by = share * (frame.right - frame.left);
    acts.zoomX([fromPixel(frame.x, frame.left + by), fromPixel(frame.x, frame.right + by)]);
  }
}

/** @param {Plot} plot */
function escape(plot) {
  if (plot.cursor !== null || plot.chosen) {
    plot.isActive = true;
    plot.leave();
  } else {
    plot.reset();
  }
}
