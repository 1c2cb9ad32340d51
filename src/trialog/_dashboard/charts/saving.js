/** A chart as a file, and as a table to read. */

import { html } from "htm/preact";

import { csvFile, fileName, pngOf, saveFile, svgOf } from "trialog/charts/pictures.js";
import { postJson } from "trialog/data/api.js";
import { tableOf } from "trialog/logic/chartcsv.js";
import { formatNumber } from "trialog/logic/formats.js";
import { fidelityOf } from "trialog/logic/readout.js";
import { formatPlace } from "trialog/logic/scales.js";
import { Dialog } from "trialog/parts/dialog.js";
import { Icon } from "trialog/parts/icons.js";

/** @typedef {import("trialog/charts/card.js").CardState} CardState */

const MOST_ROWS = 500;
const MOST_COLUMNS = 40;

/** @param {CardState} state */
function drawnOf(state) {
  const scene = state.scene.value;
  if (!scene) {
    throw new Error("Nothing is drawn here that could be saved.");
  }
  return scene;
}

/** @param {CardState} state */
export async function savePng(state) {
  const { title } = state.panel;
  saveFile(await pngOf(drawnOf(state), title, noteOf(state), sizeOf(state)), fileName(title, "png"));
}

/** @param {CardState} state */
export function saveSvg(state) {
  const { title } = state.panel;
  const text = svgOf(drawnOf(state), title, noteOf(state), sizeOf(state));
  saveFile(new Blob([text], { type: "image/svg+xml" }), fileName(title, "svg"));
}

/** @param {CardState} state */
export function saveDrawn(state) {
  saveFile(csvFile(drawnOf(state)), fileName(state.panel.title, "csv"));
}

/** All points of the runs, as they were logged: the server makes the file. @param {CardState} state */
export async function savePoints({ panel, board }) {
  const selection = board.source.chartSelection.value;
  const { url } = await postJson("/exports", { content: "points", format: "csv", metrics: panel.metrics, selection });
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName(panel.title, "csv");
  link.click();
}

/** @param {CardState} state */
function sizeOf(state) {
  const size = state.plot?.size;
  return { width: Math.max(640, size?.width ?? 0), height: Math.max(320, size?.height ?? 0) };
}

/** @param {CardState} state */
function noteOf(state) {
  const { text, isExact } = fidelityOf(state.loaded.value?.answers ?? [], 0);
  const { smoothing } = state.board.look.value;
  return [text, isExact ? "exact" : "min–max per pixel", state.board.source.project.value, ...(smoothing ? [`smoothing ${smoothing}`] : [])].join(" · ");
}

/** The drawn values, to read. @param {{title: string, state: CardState, onClose: () => void}} props */
export function TableDialog({ title, state, onClose }) {
  const scene = state.scene.value;
  const table = scene ? tableOf({ ...scene, curves: scene.curves.slice(0, MOST_COLUMNS) }, MOST_ROWS + 1) : { head: [], rows: [] };
  const rows = table.rows.slice(0, MOST_ROWS);
  const left = [
    ...(table.rows.length > MOST_ROWS ? [`the first ${MOST_ROWS} rows`] : []),
    ...(scene && scene.curves.length > MOST_COLUMNS ? [`${MOST_COLUMNS} of ${formatNumber(scene.curves.length)} lines`] : []),
  ];
  return html`<${Dialog} title=${title} kind="wide" onClose=${onClose}>
    <p class="soft">${noteOf(state)}${left.length ? ` · shown are ${left.join(" and ")}; the CSV has all that is drawn` : ""}</p>
    <div class="drawn-table" tabindex="0" role="region" aria-label=${`Values of ${title}`}>
      <table><thead><tr>${table.head.map((text) => html`<th scope="col">${text}</th>`)}</tr></thead>
      <tbody>${rows.map((row) => html`<tr><th scope="row">${formatPlace(row[0] ?? 0, scene?.kind ?? "step")}</th>
        ${row.slice(1).map((value) => html`<td>${value === null ? "" : formatNumber(value, 6)}</td>`)}</tr>`)}</tbody></table>
    </div>
    ${scene && html`<p class="dialog-end"><button onClick=${() => saveFile(csvFile(scene), fileName(title, "csv"))}><${Icon} name="download" />CSV</button></p>`}
  </${Dialog}>`;
}
