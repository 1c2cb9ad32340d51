/** Which columns are shown: menus of parameters and measures. */

import { useState } from "preact/hooks";
import { html } from "htm/preact";

import { axisIds, measureIds, objective, parameterIds, showAxes } from "trialog/pages/sweep/state.js";
import { Popover } from "trialog/parts/menu.js";
import { setState } from "trialog/shell/router.js";

const SEARCHED = 12; // more columns get a field to look for them
const MOST = 150;

/** Which axes stand in the parallel coordinates. */
export function AxisPicker() {
  const hidden = parameterIds.value.filter((id) => !axisIds.value.includes(id)).length;
  return html`<${Popover} label="Choose axes" icon="columns" align="end" testid="axes" text=${hidden ? `Axes (${hidden} more)` : "Axes"}>${() => html`<${Choices} />`}</${Popover}>`;
}

function Choices() {
  const [text, setText] = useState("");
  const shown = axisIds.value;
  const groups = [["Parameters", parameterIds.value], ["Metrics", measureIds.value]];
  const isFound = (/** @type {string} */ id) => id.toLowerCase().includes(text.trim().toLowerCase());
  const turn = (/** @type {string} */ id) => {
    const rest = shown.filter((each) => each !== id);
    const last = rest.length && rest[rest.length - 1] === objective.value ? rest.length - 1 : rest.length;
    showAxes(rest.length < shown.length ? rest : [...rest.slice(0, last), id, ...rest.slice(last)]);
  };
  return html`<div class="axis-choices">
    ${parameterIds.value.length + measureIds.value.length > SEARCHED && html`<input type="search" aria-label="Find a column" placeholder="Find" value=${text} onInput=${(/** @type {any} */ event) => setText(event.target.value)} />`}
    ${groups.map(([name, ids]) => {
      const found = /** @type {string[]} */ (ids).filter(isFound);
      return found.length > 0 && html`<fieldset key=${name}><legend>${name}</legend>${found.slice(0, MOST).map((id) => html`<label key=${id}><input type="checkbox" checked=${shown.includes(id)} onChange=${() => turn(id)} /><span>${id}</span></label>`)}
        ${found.length > MOST && html`<p class="soft">and ${found.length - MOST} more: type a part of their names</p>`}</fieldset>`;
    })}
    <button onClick=${() => setState({ axes: "" })}>As at first</button>
  </div>`;
}

/** @param {{label: string, value: string, onChange: (id: string) => void, isParameter?: boolean}} props isParameter: no measures */
export function ColumnChoice({ label, value, onChange, isParameter = false }) {
  const measures = isParameter ? [] : [objective.value, ...measureIds.value].filter(Boolean);
  return html`<select aria-label=${label} title=${`${label}: ${value}`} value=${value} onChange=${(/** @type {any} */ event) => onChange(event.target.value)}>
    ${value === "" && html`<option value="">none</option>`}
    <optgroup label="Parameters">${parameterIds.value.map((id) => html`<option key=${id} value=${id}>${id}</option>`)}</optgroup>
    ${measures.length > 0 && html`<optgroup label="Metrics">${measures.map((id) => html`<option key=${id} value=${id}>${id}</option>`)}</optgroup>`}
  </select>`;
}
