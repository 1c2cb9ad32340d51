/** A chart as a file: PNG and SVG with title and legend, CSV of what is drawn. */

import { drawAxes, drawCurves, frameOf } from "trialog/charts/drawing.js";
import { fromAbove } from "trialog/logic/readout.js";
import { SvgPen } from "trialog/logic/svgpen.js";
import { csvOf, tableOf } from "trialog/logic/chartcsv.js";

/**
 * @typedef {import("trialog/charts/drawing.js").Scene} Scene
 * @typedef {import("trialog/charts/drawing.js").Pen} Pen
 */

const LEGEND_ROW_PX = 17;
const LEGEND_COLUMN_PX = 190;
const MOST_NAMED = 60;
const TITLE_PX = 30;

/**
 * The whole picture.
 * @param {Pen} pen
 * @param {Scene} scene
 * @param {string} title
 * @param {string} note what the chart says of its fidelity
 * @param {{width: number, height: number}} size of the chart alone
 */
function drawPicture(pen, scene, title, note, size) {
  const { total } = measure(scene, size);
  pen.fillStyle = scene.palette.panel;
  pen.fillRect(0, 0, size.width, total);
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.font = `600 15px ${scene.palette.font}`;
  pen.fillStyle = scene.palette.text;
  pen.fillText(title, 14, 20);
  const plain = { ...scene, hasLabels: false };
  const frame = frameOf(plain, size.width, size.height + TITLE_PX, TITLE_PX);
  drawAxes(pen, plain, frame);
  drawCurves(pen, plain, frame);
  drawLegend(pen, scene, size.height + TITLE_PX + 12, size.width);
  pen.font = `11px ${scene.palette.font}`;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.fillStyle = scene.palette.soft;
  pen.fillText(note, 14, total - 12);
}

/** @param {Scene} scene @param {{width: number, height: number}} size */
function measure(scene, size) {
  const columns = Math.max(1, Math.floor((size.width - 28) / LEGEND_COLUMN_PX));
  const rows = Math.ceil(Math.min(MOST_NAMED, scene.curves.length) / columns) + (scene.curves.length > MOST_NAMED ? 1 : 0);
  return { columns, total: size.height + TITLE_PX + 12 + rows * LEGEND_ROW_PX + 28 };
}

/** @param {Pen} pen @param {Scene} scene @param {number} top @param {number} width */
function drawLegend(pen, scene, top, width) {
  const { columns } = measure(scene, { width, height: 0 });
  pen.font = `11px ${scene.palette.font}`;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  const some = fromAbove(scene.curves).slice(0, MOST_NAMED);
  some.forEach(({ curve, style }, at) => {
    const x = 14 + (at % columns) * LEGEND_COLUMN_PX;
    const y = top + Math.floor(at / columns) * LEGEND_ROW_PX + 8;
    pen.strokeStyle = style.colour;
    pen.lineWidth = 2;
    pen.setLineDash(style.dash);
    pen.beginPath();
    pen.moveTo(x, y);
    pen.lineTo(x + 20, y);
    pen.stroke();
    pen.setLineDash([]);
    pen.fillStyle = scene.palette.text;
    pen.fillText(curve.label.length > 26 ? `${curve.label.slice(0, 14)}…${curve.label.slice(-10)}` : curve.label, x + 26, y);
  });
  if (scene.curves.length > some.length) {
    pen.fillStyle = scene.palette.soft;
    pen.fillText(`… ${scene.curves.length - some.length} more`, 14, top + Math.ceil(some.length / columns) * LEGEND_ROW_PX + 8);
  }
}

/** @param {Scene} scene @param {string} title @param {string} note @param {{width: number, height: number}} size */
export function svgOf(scene, title, note, size) {
  const pen = new SvgPen(size.width, measure(scene, size).total);
  drawPicture(pen, scene, title, note, size);
  return pen.toString();
}

/**
 * Twice as many pixels as on the page.
 * @param {Scene} scene
 * @param {string} title
 * @param {string} note
 * @param {{width: number, height: number}} size
 * @returns {Promise<Blob>}
 */
export function pngOf(scene, title, note, size) {
  const canvas = document.createElement("canvas");
  canvas.width = size.width * 2;
  canvas.height = measure(scene, size).total * 2;
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.scale(2, 2);
  drawPicture(pen, scene, title, note, size);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is too large for this browser"))), "image/png");
  });
}

/** @param {Scene} scene */
export function csvFile(scene) {
  return new Blob([csvOf(tableOf(scene))], { type: "text/csv" });
}

/**
 * Gives a file to the user.
 * @param {Blob} blob
 * @param {string} name
 */
export function saveFile(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** A name that every file system takes. @param {string} title @param {string} ending */
export function fileName(title, ending) {
  return `${title.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[-.]+|-+$/g, "").slice(0, 80) || "chart"}.${ending}`;
}
