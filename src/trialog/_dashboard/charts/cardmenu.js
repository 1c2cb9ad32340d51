/** What can be done with a chart: the buttons at its head, and the dialogs behind them. */

import { html } from "htm/preact";
import { useState } from "preact/hooks";

import { csvFile, fileName, pngOf, saveFile, svgOf } from "trialog/charts/pictures.js";
import { postJson } from "trialog/data/api.js";
import { tableOf } from "trialog/logic/chartcsv.js";
import { formatNumber } from "trialog/logic/formats.js";
import { movePanel, removePanel, turnPanel } from "trialog/logic/panels.js";
import { fidelityOf } from "trialog/logic/readout.js";
import { formatPlace } from "trialog/logic/scales.js";
import { Dialog } from "trialog/parts/dialog.js";
import { Icon } from "trialog/parts/icons.js";
import { Menu } from "trialog/parts/menu.js";
import { announce, announceError } from "trialog/shell/announcer.js";

const MOST_ROWS = 500;
const MOST_COLUMNS = 40;

/**
 * @typedef {import("trialog/charts/card.js").CardState} CardState
 * @param {{board: import("trialog/charts/board.js").Board, panel: import("trialog/logic/panels.js").Panel,
 *   section?: import("trialog/logic/panels.js").Section, state: CardState, isFull: boolean}} props
 */
export function CardMenu({ board, panel, section, state, isFull }) {
  const [hasTable, setTable] = useState(false);
  const layout = board.layout.value;
  const isPinned = layout.pinned.includes(panel.id);
  const ids = section?.panels.map((each) => each.id) ?? [];
  const at = ids.indexOf(panel.id);
  const isWide = layout.wide.includes(panel.id);
  const scene = () => {
    const found = state.scene.value;
    if (!found) {
      announce("There is nothing drawn to export.", { kind: "error" });
    }
    return found;
  };
  const items = [
    { label: "View as table", icon: "table", act: () => setTable(true) },
    { label: "Save as PNG", icon: "download", act: () => { void savePng(state); } },
    { label: "Save as SVG", icon: "download", act: () => { const found = scene(); if (found) { saveFile(new Blob([svgOf(found, panel.title, noteOf(state), sizeOf(state))], { type: "image/svg+xml" }), fileName(panel.title, "svg")); } } },
    { label: "Save what is drawn as CSV", icon: "download", act: () => { const found = scene(); if (found) { saveFile(csvFile(found), fileName(panel.title, "csv")); } } },
    { label: "Save all points as CSV", icon: "download", act: () => { void savePoints(state); } },
    ...(section ? [
      { label: isWide ? "As narrow as others" : "As wide as the page", icon: "columns", act: () => board.setLayout(turnPanel(layout, "wide", panel.id)) },
      { label: "Move to the front", icon: "up", isOff: at <= 0, act: () => board.setLayout(movePanel(layout, section, panel.id, ids[0])) },
      { label: "Move back by one", icon: "left", isOff: at <= 0, act: () => board.setLayout(movePanel(layout, section, panel.id, ids[at - 1])) },
      { label: "Move on by one", icon: "right", isOff: at < 0 || at >= ids.length - 1, act: () => board.setLayout(movePanel(layout, section, panel.id, ids[at + 2] ?? null)) },
      { label: "Remove", icon: "trash", act: () => { board.setLayout(removePanel(layout, panel)); announce(`Removed ${panel.title}.`, { undo: () => board.setLayout(layout) }); } },
    ] : []),
  ];
  return html`<div class="card-tools">
    ${section && html`<button class="quiet" aria-pressed=${isPinned} aria-label=${`Pin ${panel.title} above all sections`} title=${isPinned ? "Unpin" : "Pin above all sections"}
      onClick=${() => board.setLayout(turnPanel(layout, "pinned", panel.id))}><${Icon} name="pin" /></button>`}
    <button class="quiet" aria-label=${isFull ? "Close the full screen" : `Show ${panel.title} on the full screen`} title=${isFull ? "Close (f)" : "Full screen (f)"}
      data-testid="full" onClick=${() => { board.full.value = isFull ? "" : panel.id; }}><${Icon} name=${isFull ? "close" : "full"} /></button>
    <${Menu} label=${`More for ${panel.title}`} icon="more" kind="quiet" align="end" items=${items} testid="card-menu" />
    ${hasTable && html`<${TableDialog} title=${panel.title} state=${state} onClose=${() => setTable(false)} />`}
  </div>`;
}

/** @param {CardState} state */
function sizeOf(state) {
  const size = state.plot?.size;
  return { width: Math.max(640, size?.width ?? 0), height: Math.max(320, size?.height ?? 0) };
}

/** @param {CardState} state */
function noteOf(state) {
  const { text, isExact } = fidelityOf(state.loaded.value?.answers ?? [], 0);
  return `${text} · ${isExact ? "exact" : "min–max per pixel"} · ${state.board.source.project.value}${state.board.look.value.smoothing ? ` · smoothing ${state.board.look.value.smoothing}` : ""}`;
}

/** @param {CardState} state */
async function savePng(state) {
  const scene = state.scene.value;
  try {
    if (scene) {
      saveFile(await pngOf(scene, state.panel.title, noteOf(state), sizeOf(state)), fileName(state.panel.title, "png"));
    }
  } catch (error) {
    announceError(error);
  }
}

/** All points of the runs, as they were logged: the server makes the file. @param {CardState} state */
async function savePoints({ panel, board }) {
  try {
    const selection = board.source.chartSelection.value;
    const { url } = await postJson("/exports", { content: "points", format: "csv", metrics: panel.metrics, selection });
    const link = document.createElement("a");
    link.href = url;
    link.download = fileName(panel.title, "csv");
    link.click();
  } catch (error) {
    announceError(error);
  }
}

/** The drawn values, to read. @param {{title: string, state: CardState, onClose: () => void}} props */
function TableDialog({ title, state, onClose }) {
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

