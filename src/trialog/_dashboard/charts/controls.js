/** The bar above the charts: axes, smoothing, ranges, groups, layout, search. */

import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";

import { KEYS, sliderOf, smoothingAt } from "trialog/logic/chartstate.js";
import { HEIGHT } from "trialog/logic/panels.js";
import { Icon } from "trialog/parts/icons.js";
import { Popover } from "trialog/parts/menu.js";
import { announceError } from "trialog/shell/announcer.js";
import { addShortcuts } from "trialog/shell/keyboard.js";

/**
 * @typedef {import("trialog/charts/board.js").Board} Board
 * @param {{board: Board, metrics: readonly string[]}} props
 */
export function Controls({ board, metrics }) {
  const look = board.look.value;
  const [Adding, setAdding] = useState(/** @type {{Form: Function} | null} */ (null)); // loaded when it is first wanted
  useEffect(() => addShortcuts(smoothingKeys(board)), [board]);
  const isChanged = KEYS.some((key) => new URLSearchParams(location.search).has(key));
  return html`<div class="chart-controls" role="toolbar" aria-label="How charts look">
    <input type="search" class="chart-search" placeholder="Search charts" aria-label="Search charts" data-testid="chart-search" value=${board.search.value}
      onInput=${(/** @type {Event} */ event) => board.change({ find: textOf(event) }, true)} />
    <label class="control"><span>x</span><${AxisSelect} board=${board} metrics=${metrics} /></label>
    <${Smoothing} board=${board} />
    <button aria-pressed=${look.isLogY} title="Logarithmic y axis (l)" data-testid="log-y" onClick=${() => board.change({ y: look.isLogY ? null : "log" })}>log y</button>
    <button aria-pressed=${look.range === "all"} title="Show outliers too" data-testid="range-all" onClick=${() => board.change({ range: look.range === "all" ? null : "all" })}>full range</button>
    <${Grouping} board=${board} />
    <${More} board=${board} />
    <button title="Add a chart of several metrics, or over another metric" data-testid="add-panel" onClick=${() => { import("trialog/charts/addpanel.js").then(({ AddPanel }) => setAdding({ Form: AddPanel }), announceError); }}><${Icon} name="add" />Chart</button>
    ${look.window && html`<button class="chip-button" data-testid="reset-zoom" title="Show all of x (double-click a chart)" onClick=${() => board.zoom(null)}>reset zoom</button>`}
    ${isChanged && html`<button class="quiet" title="All charts as they are by themselves" data-testid="reset-look" onClick=${() => board.change(Object.fromEntries(KEYS.map((key) => [key, null])))}>reset</button>`}
    ${Adding && html`<${Adding.Form} board=${board} metrics=${metrics} onClose=${() => setAdding(null)} />`}
  </div>`;
}

/** @param {{board: Board, metrics: readonly string[]}} props */
function AxisSelect({ board, metrics }) {
  const { x } = board.look.value;
  const names = [...metrics].sort();
  const own = x.startsWith("metric:") && !names.includes(x.slice(7)) ? [x.slice(7)] : [];
  return html`<select data-testid="x-axis" aria-label="x axis" value=${x} onChange=${(/** @type {Event} */ event) => board.change({ x: textOf(event) === "step" ? null : textOf(event), w: null })}>
    <option value="step">step</option><option value="relative">time since start</option><option value="time">wall time</option>
    <optgroup label="a metric">${[...own, ...names.slice(0, 300)].map((name) => html`<option value=${`metric:${name}`}>${name}</option>`)}</optgroup>
  </select>`;
}

/** @param {{board: Board}} props */
function Smoothing({ board }) {
  const smoothing = board.look.value.smoothing;
  const { kind, at, values } = sliderOf(smoothing);
  const [wished, setWished] = useState(kind);
  const shown = smoothing ? kind : wished;
  const list = sliderOf(`${shown}:0`).values;
  const value = smoothing ? smoothing.split(":")[1] : "off";
  return html`<div class="control smoothing"><label for="smoothing">smooth</label>
    <input id="smoothing" type="range" min="0" max=${list.length - 1} step="1" value=${smoothing ? at : 0} data-testid="smoothing" aria-valuetext=${value}
      onInput=${(/** @type {Event} */ event) => board.change({ sm: smoothingAt(shown, Number(textOf(event))) || null }, true)} />
    <output class="smoothing-value">${value}</output>
    <select aria-label="Kind of smoothing" data-testid="smoothing-kind" value=${shown} onChange=${(/** @type {Event} */ event) => {
      const next = /** @type {"ema" | "window" | "time-ema"} */ (textOf(event));
      setWished(next);
      if (smoothing) {
        const most = sliderOf(`${next}:0`).values.length - 1;
        board.change({ sm: smoothingAt(next, Math.max(1, Math.round((at / (values.length - 1)) * most))) });
      }
    }}><option value="ema">average (ema)</option><option value="time-ema">half-life in x</option><option value="window">window</option></select>
  </div>`;
}

/** @param {Board} board */
function smoothingKeys(board) {
  const turn = (/** @type {number} */ by) => () => {
    const { kind, at, values } = sliderOf(board.look.value.smoothing);
    board.change({ sm: smoothingAt(kind, Math.min(values.length - 1, Math.max(0, (board.look.value.smoothing ? at : 0) + by))) || null }, true);
  };
  return [
    { key: "+", label: "Smooth more", act: turn(1) },
    { key: "-", label: "Smooth less", act: turn(-1) },
  ];
}

/** How groups are drawn; by what runs are grouped the page itself says. @param {{board: Board}} props */
function Grouping({ board }) {
  const look = board.look.value;
  return board.source.group.value === "" ? null : html`<select aria-label="Centre of groups" data-testid="center" value=${look.center} onChange=${(/** @type {Event} */ event) => board.change({ center: textOf(event) === "mean" ? null : textOf(event) })}>
      <option value="mean">mean</option><option value="median">median</option></select>
    <select aria-label="Band of groups" data-testid="band" value=${look.band} onChange=${(/** @type {Event} */ event) => board.change({ band: textOf(event) === "std" ? null : textOf(event) })}>
      <option value="std">± std</option><option value="confidence">95 % interval</option><option value="minmax">min–max</option><option value="none">no band</option></select>`;
}

/** @param {{board: Board}} props */
function More({ board }) {
  const look = board.look.value;
  const layout = board.layout.value;
  return html`<${Popover} label="More about charts" icon="settings" align="end" testid="chart-settings">${() => html`<div class="chart-settings">
    <label><input type="checkbox" checked=${look.isLogX} onChange=${() => board.change({ xs: look.isLogX ? null : "log" })} /> logarithmic x axis</label>
    <label>tell apart <select aria-label="Tell apart" value=${look.split ?? ""} onChange=${(/** @type {Event} */ event) => board.change({ split: textOf(event) || null })}>
      <option value="">nothing</option><option value="attempt">attempts of a run</option><option value="rank">ranks of a run</option></select></label>
    <label>columns <select aria-label="Columns" value=${String(layout.columns)} onChange=${(/** @type {Event} */ event) => board.setLayout({ ...layout, columns: Number(textOf(event)) })}>
      <option value="0">as many as fit</option>${[1, 2, 3, 4, 5, 6].map((number) => html`<option value=${String(number)}>${number}</option>`)}</select></label>
    <label>height <input type="range" min="160" max="640" step="20" aria-label="Height of charts" value=${layout.height} onInput=${(/** @type {Event} */ event) => board.setLayout({ ...layout, height: Number(textOf(event)) }, true)} /></label>
    ${layout.removed.length > 0 && html`<button onClick=${() => board.setLayout({ ...layout, removed: [] })}>Bring back ${layout.removed.length} removed</button>`}
    <button disabled=${!board.layout.value || (layout.height === HEIGHT && !layout.columns && !layout.order.length && !layout.wide.length)}
      onClick=${() => board.setLayout({ ...layout, height: HEIGHT, columns: 0, order: [], wide: [] })}>Plain order and size</button>
  </div>`}</${Popover}>`;
}

/** @param {Event} event */
export function textOf(event) {
  return /** @type {HTMLInputElement} */ (event.target).value;
}
