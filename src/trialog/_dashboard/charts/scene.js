/** From answers to what is drawn: which curves, in which looks, over which ranges. */

import { curvesOf } from "trialog/logic/chartdata.js";
import { lineStyle } from "trialog/logic/colours.js";
import { rangeOf } from "trialog/logic/scales.js";
import { isDark } from "trialog/shell/theme.js";

/**
 * @typedef {import("trialog/logic/chartdata.js").Answer} Answer
 * @typedef {import("trialog/charts/drawing.js").Scene} Scene
 * @typedef {{metric: string, answer: Answer}} Loaded
 */

const DASHES = [[], [6, 3], [2, 3], [10, 3, 2, 3]];

/**
 * @param {Loaded[]} loaded
 * @param {import("trialog/logic/chartstate.js").Look} look
 * @param {import("trialog/charts/source.js").ChartSource} source
 * @param {{x: string, yWindow: [number, number] | null}} own of the panel
 * @returns {Scene | null} null where there is nothing to draw
 */
export function sceneOf(loaded, look, source, { x, yWindow }) {
  const hidden = source.hidden.peek(); // the board says when these have changed
  const pinned = source.pinned.peek();
  const isSingle = new Set(loaded.flatMap(({ answer }) => answer.header.lines.map((line) => line.run))).size === 1;
  /** @type {import("trialog/charts/drawing.js").Drawn[]} */
  const curves = [];
  loaded.forEach(({ metric, answer }, nth) => {
    const prefix = loaded.length > 1 ? `${metric} ` : "";
    for (const curve of curvesOf(answer, prefix)) {
      if (curve.run && hidden.has(curve.run)) {
        continue;
      }
      const style = curve.isGroup || (isSingle && (loaded.length > 1 || look.split))
        ? lineStyle(curve.at + nth * answer.header.groups.length + (isSingle ? nth : 0), isDark.value) : source.styleOf(curve.run, curve.at);
      const dash = loaded.length > 1 && !isSingle ? DASHES[nth % DASHES.length] : look.split && !isSingle ? DASHES[(curve.at) % DASHES.length] : style.dash;
      const label = loaded.length > 1 ? (isSingle ? metric : `${curve.label} · ${metric}`) : curve.label;
      curves.push({ curve: label === curve.label ? curve : { ...curve, label }, answer, metric, style: { colour: style.colour, dash } });
    }
  });
  curves.sort((a, b) => Number(pinned.includes(b.curve.run)) - Number(pinned.includes(a.curve.run)));
  const headers = loaded.map(({ answer }) => answer.header);
  const window = x && x !== look.x ? null : look.window;
  const xRange = window ?? unionOf(headers.map((header) => header.x.window ?? header.x.extent));
  const yRange = yWindow ?? rangeOf(headers.map((header) => header.y), look.range, look.isLogY);
  if (!xRange || !yRange) {
    return null;
  }
  const { kind, metric } = headers[0].x;
  const isLogX = look.isLogX && kind !== "time" && xRange[1] > 0;
  return {
    curves, kind, xLabel: metric ?? kind, isLogX, isLogY: look.isLogY,
    xRange: isLogX && xRange[0] <= 0 ? [firstAbove(loaded, xRange[1]), xRange[1]] : xRange[0] === xRange[1] ? [xRange[0] - 0.5, xRange[1] + 0.5] : xRange,
    yRange, palette: readPalette(), hasLabels: true,
  };
}

/** @param {([number, number] | null)[]} ranges @returns {[number, number] | null} */
function unionOf(ranges) {
  const known = ranges.filter((range) => range !== null);
  return known.length ? [Math.min(...known.map((range) => range[0])), Math.max(...known.map((range) => range[1]))] : null;
}

/** The first place above 0 where anything is. @param {Loaded[]} loaded @param {number} most */
function firstAbove(loaded, most) {
  let first = most;
  for (const { answer } of loaded) {
    const found = answer.arrays.x?.values.find((/** @type {number} */ x) => x > 0);
    first = Math.min(first, found ?? most);
  }
  return first < most ? first : most / 10;
}

/** @returns {import("trialog/charts/drawing.js").Palette} */
function readPalette() {
  void isDark.value; // who reads the colours reads them again when these change
  const style = getComputedStyle(document.documentElement);
  const read = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return { text: read("--text"), soft: read("--soft"), line: read("--line"), panel: read("--panel"), danger: read("--danger"), font: read("--font") };
}
