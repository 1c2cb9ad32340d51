/** Two of the runs, chosen from all, whose texts are held against each other. */

import { html } from "htm/preact";

import { splitList, joinList } from "trialog/logic/url.js";
import { baseline, runs } from "trialog/pages/compare/state.js";
import { place, setState } from "trialog/shell/router.js";

/** @typedef {import("trialog/api.d.ts").RunHead} RunHead */

/**
 * The pair of the address; else the baseline and the first other run.
 * @returns {[RunHead, RunHead]}
 */
export function chosenPair() {
  const all = runs.value.map(({ run }) => run);
  const [one, other] = splitList(place.value.state.pair).map((id) => all.find((run) => run.id === id));
  const first = one ?? all[baseline.value];
  return [first, other && other !== first ? other : /** @type {RunHead} */ (all.find((run) => run !== first))];
}

/** Two menus. */
export function PairChoice() {
  const [one, other] = chosenPair();
  const menu = (/** @type {string} */ label, /** @type {RunHead} */ now, /** @type {(id: string) => [string, string]} */ pairOf) => html`<select aria-label=${label} value=${now.id}
    onChange=${(/** @type {any} */ event) => setState({ pair: joinList(pairOf(event.target.value)) })}>
    ${runs.value.map(({ run }) => html`<option key=${run.id} value=${run.id}>${run.name}</option>`)}</select>`;
  return html`<span class="pair">${menu("The run before", one, (id) => [id, id === other.id ? one.id : other.id])}<span class="soft" aria-hidden="true">→</span>
    ${menu("The run after", other, (id) => [id === one.id ? other.id : one.id, id])}</span>`;
}
