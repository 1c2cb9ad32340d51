/** Brushes by hand: from and to of each axis, categories to tick, missing values. */

import { html } from "htm/preact";

import { categoryText } from "trialog/logic/axes.js";
import { axes, brush, brushes } from "trialog/pages/sweep/state.js";

const MOST_CATEGORIES = 60;

/** @typedef {import("trialog/logic/axes.js").Axis} Axis */
/** @typedef {import("trialog/logic/brushes.js").Brush} Brush */

/** The part, folded until somebody looks. */
export function Ranges() {
  return html`<details class="ranges" data-testid="ranges"><summary>Brush by numbers</summary>
    <div class="range-rows">${axes.value.map((axis) => html`<${AxisRange} key=${axis.id} axis=${axis} />`)}</div>
  </details>`;
}

/** @param {{axis: Axis}} props */
function AxisRange({ axis }) {
  const now = brushes.value.get(axis.id) ?? null;
  /** @param {Partial<Brush>} change */
  const put = (change) => {
    const next = { lo: null, hi: null, values: null, hasMissing: false, ...now, ...change };
    const isNothing = next.lo === null && next.hi === null && !next.hasMissing && (next.values === null || next.values.length === 0);
    brush({ [axis.id]: isNothing ? null : next });
  };
  /** @param {"lo" | "hi"} end @param {string} label */
  const field = (end, label) => html`<label>${label} <input type="number" step="any" aria-label=${`${axis.title} ${label}`} placeholder=${String(Number((end === "lo" ? axis.lo : axis.hi).toPrecision(4)))} value=${now?.values ? "" : now?.[end] ?? ""}
    onChange=${(/** @type {any} */ event) => put({ [end]: event.target.value === "" || !Number.isFinite(Number(event.target.value)) ? null : Number(event.target.value), values: null })} /></label>`;
  return html`<fieldset><legend class="cut" title=${axis.title}>${axis.title}</legend>
    ${axis.kind === "category" ? html`<div class="range-categories">${axis.categories.slice(0, MOST_CATEGORIES).map((each) => {
      const text = String(each);
      const isOn = now?.values?.includes(text) ?? false;
      return html`<label key=${text}><input type="checkbox" checked=${isOn} onChange=${() => put({ values: isOn ? (now?.values ?? []).filter((other) => other !== text) : [...(now?.values ?? []), text], lo: null, hi: null })} /><span class="cut">${categoryText(each)}</span></label>`;
    })}${axis.categories.length > MOST_CATEGORIES && html`<span class="soft">and ${axis.categories.length - MOST_CATEGORIES} more</span>`}</div>`
      : html`<div class="range-ends">${field("lo", "from")}${field("hi", "to")}</div>`}
    ${axis.missing > 0 && html`<label><input type="checkbox" checked=${now?.hasMissing ?? false} onChange=${() => put({ hasMissing: !now?.hasMissing })} /> no value (${axis.missing})</label>`}
    ${now && html`<button class="link" onClick=${() => brush({ [axis.id]: null })}>Clear<span class="unseen"> the brush of ${axis.title}</span></button>`}
  </fieldset>`;
}
