/** Adds a chart of one's own: several metrics in one, or a metric over another. */

import { html } from "htm/preact";
import { useState } from "preact/hooks";

import { Dialog } from "trialog/parts/dialog.js";

const MOST_SHOWN = 200;

/** @param {{board: import("trialog/charts/board.js").Board, metrics: readonly string[], onClose: () => void}} props */
export function AddPanel({ board, metrics, onClose }) {
  const [chosen, setChosen] = useState(/** @type {string[]} */ ([]));
  const [search, setSearch] = useState("");
  const [x, setX] = useState("");
  const [title, setTitle] = useState("");
  const names = [...metrics].filter((name) => name.toLowerCase().includes(search.toLowerCase()));
  const shown = names.slice(0, MOST_SHOWN);
  const suggested = x.startsWith("metric:") ? `${chosen.join(", ")} over ${x.slice(7)}` : chosen.join(", ");
  /** @param {string} name */
  const turn = (name) => setChosen(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name]);
  /** @param {Event} event */
  const add = (event) => {
    event.preventDefault();
    if (!chosen.length) {
      return;
    }
    const layout = board.layout.value;
    const wished = (title.trim() || suggested).slice(0, 120);
    const taken = new Set(layout.added.map((panel) => panel.title));
    let free = wished;
    for (let number = 2; taken.has(free); number += 1) {
      free = `${wished} (${number})`;
    }
    board.setLayout({ ...layout, added: [...layout.added, { id: `+${free}`, title: free, x, metrics: chosen }] });
    onClose();
  };
  return html`<${Dialog} title="Add a chart" onClose=${onClose}>
    <form class="add-panel" onSubmit=${add}>
      <label>Metrics <input type="search" placeholder="Search" value=${search} onInput=${(/** @type {Event} */ event) => setSearch(/** @type {HTMLInputElement} */ (event.target).value)} /></label>
      <div class="metric-list" role="group" aria-label="Metrics">
        ${shown.map((name) => html`<label><input type="checkbox" checked=${chosen.includes(name)} onChange=${() => turn(name)} /> ${name}</label>`)}
        ${names.length > shown.length && html`<span class="soft">… ${names.length - shown.length} more: search for them</span>`}
      </div>
      <label>Over <select value=${x} data-testid="panel-x" onChange=${(/** @type {Event} */ event) => setX(/** @type {HTMLSelectElement} */ (event.target).value)}>
        <option value="">the page's x axis</option><option value="step">step</option><option value="relative">time since start</option><option value="time">wall time</option>
        <optgroup label="another metric">${[...metrics].slice(0, 300).map((name) => html`<option value=${`metric:${name}`}>${name}</option>`)}</optgroup>
      </select></label>
      <label>Title <input value=${title} placeholder=${suggested} maxlength="120" onInput=${(/** @type {Event} */ event) => setTitle(/** @type {HTMLInputElement} */ (event.target).value)} /></label>
      <p class="dialog-end"><button class="primary" type="submit" disabled=${!chosen.length}>Add</button></p>
    </form>
  </${Dialog}>`;
}
