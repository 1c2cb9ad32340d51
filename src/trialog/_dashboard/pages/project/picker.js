/** Which columns are shown: facts, parameters, measures of metrics, found by typing a part of the name. */

import { signal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";

import { postJson } from "trialog/data/api.js";
import { CURVE, curveMetric } from "trialog/logic/columns.js";
import { formatNumber } from "trialog/logic/formats.js";
import { metricText } from "trialog/logic/operands.js";
import { showFirstColumns } from "trialog/pages/project/grid.js";
import { overview } from "trialog/pages/project/overview.js";
import { selection } from "trialog/pages/project/selection.js";
import { columns, setColumns, showColumn, wishedColumns } from "trialog/pages/project/wishes.js";
import { Popover } from "trialog/parts/menu.js";
import { announceError } from "trialog/shell/announcer.js";
import { setState } from "trialog/shell/router.js";

const MOST = 60;

/** What was done last, for screen readers. */
const told = signal("");

/** The button with the panel. */
export function ColumnPicker() {
  return html`<${Popover} label="Columns" icon="columns" text="Columns" testid="columns" align="end">${() => html`<${Panel} />`}</${Popover}>`;
}

/** Shows a column where it is seen at once, and says where to who cannot see it; or hides it. @param {string} text @param {boolean} [isShown] */
function show(text, isShown = true) {
  showColumn(text, isShown);
  if (isShown) {
    showFirstColumns();
  }
  told.value = isShown ? `${text} stands behind the name` : "";
}

function Panel() {
  useEffect(() => () => { told.value = ""; }, []);
  const [text, setText] = useState("");
  const [measure, setMeasure] = useState("last");
  const [atFirst] = useState(() => new Set(columns.value.map((column) => column.text)));  // so that nothing moves while it is ticked
  const known = overview.value;
  const shown = new Set(wishedColumns.value ?? columns.value.map((column) => column.text));
  const part = text.trim().toLowerCase();
  /** @param {string} name */
  const fits = (name) => name.toLowerCase().includes(part);
  const metrics = (known?.metrics ?? []).filter(fits).map((name) => ({ name, text: metricText(measure, name), detail: "" }));
  const parameters = (known?.parameters ?? []).filter((each) => fits(each.name))
    .map((each) => ({ name: each.name, text: each.text, detail: each.distinct > 1 ? `${each.distinct >= 50 ? "50+" : each.distinct} values` : "the same in all" }));
  const facts = (known?.facts ?? []).filter((each) => fits(each.name)).map((each) => ({ name: each.name, text: each.name, detail: each.meaning }));
  /** @param {Event} event */
  const add = async (event) => {
    event.preventDefault();
    if (!part) {
      return;
    }
    const drawn = curveMetric(text);
    if (drawn !== null) {
      show(metricText(CURVE, drawn));
      setText("");
      return;
    }
    try {
      const page = await postJson("/runs", { project: selection.project.value, columns: [text], limit: 0 });
      show(page.columns[0].text);
      setText("");
    } catch (error) {
      announceError(error);
    }
  };
  return html`<div class="picker">
    <span class="unseen" role="status" data-testid="column-told">${told.value}</span>
    <form onSubmit=${add}><input type="search" aria-label="Find a column" placeholder=${'Find, or add: mean("val/acc")'} value=${text} autocomplete="off" spellcheck=${false}
      data-testid="find-column" onInput=${(/** @type {any} */ event) => setText(event.target.value)} /></form>
    <${Section} title="Parameters" items=${parameters} shown=${shown} atFirst=${atFirst} />
    <${Section} title="Metrics" items=${metrics} shown=${shown} atFirst=${atFirst}>
      <select aria-label="Which measure of a metric" value=${measure} onChange=${(/** @type {any} */ event) => setMeasure(event.target.value)}>
        ${(known?.measures ?? []).map((each) => html`<option value=${each}>${each}</option>`)}<option value=${CURVE}>the curve, drawn</option></select></${Section}>
    <${Section} title="Facts" items=${facts} shown=${shown} atFirst=${atFirst} />
    ${known && !known.is_whole && html`<p class="picker-note">Of the newest 1 000 runs. Other names can be typed above.</p>`}
    <div class="picker-end"><button onClick=${() => setState({ columns: "", widths: "", freeze: "" })}>As at first</button><button onClick=${() => setColumns(["status"])}>Hide all</button></div>
  </div>`;
}

/** @param {{title: string, items: {name: string, text: string, detail: string}[], shown: Set<string>, atFirst: Set<string>, children?: unknown}} props */
function Section({ title, items, shown, atFirst, children }) {
  if (items.length === 0) {
    return null;
  }
  const first = [...items.filter((item) => atFirst.has(item.text)), ...items.filter((item) => !atFirst.has(item.text))].slice(0, MOST);
  return html`<fieldset class="picker-section"><legend>${title} <span class="soft">${formatNumber(items.length)}</span></legend>${children}
    ${first.map((item) => html`<label class="picker-item" key=${item.text} title=${item.detail || item.text}>
      <input type="checkbox" checked=${shown.has(item.text)} onChange=${(/** @type {any} */ event) => show(item.text, event.target.checked)} />
      <span class="cut">${item.name}</span><span class="picker-detail cut">${item.detail}</span></label>`)}
    ${items.length > MOST && html`<p class="picker-note">${formatNumber(items.length - MOST)} more: type a part of the name.</p>`}
  </fieldset>`;
}
