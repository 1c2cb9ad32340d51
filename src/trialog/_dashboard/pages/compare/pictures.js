/** Pictures of the runs side by side, at one step. */

import { html } from "htm/preact";

import { formatCount, formatNumber } from "trialog/logic/formats.js";
import { pictureAt } from "trialog/logic/sidebyside.js";
import { runPath } from "trialog/logic/url.js";
import { found, runs } from "trialog/pages/compare/state.js";
import { place, setState } from "trialog/shell/router.js";

/** @typedef {import("trialog/api.d.ts").ComparePicture} Picture */

/** The part. */
export function Pictures() {
  const pictures = found.value?.pictures ?? [];
  if (!pictures.length) {
    return null;
  }
  const shown = pictures.find((each) => each.name === place.value.state.picture) ?? pictures[0];
  const at = placeIn(shown, place.value.state.at);
  const step = shown.steps[at];
  return html`<section class="compare-part" aria-labelledby="compare-pictures">
    <div class="part-head"><h2 id="compare-pictures">Pictures</h2>
      ${pictures.length > 1 ? html`<select aria-label="Picture" value=${shown.name} onChange=${(/** @type {any} */ event) => setState({ picture: event.target.value })}>
        ${pictures.map((each) => html`<option key=${each.name} value=${each.name}>${each.name}</option>`)}</select>` : html`<span class="soft cut">${shown.name}</span>`}
      ${shown.steps.length > 1 && html`<label class="step-slider"><span class="soft">step</span>
        <input type="range" min="0" max=${shown.steps.length - 1} step="1" value=${at} aria-label="Step" aria-valuetext=${wordOfStep(step)} data-testid="step"
          onInput=${(/** @type {any} */ event) => setState({ at: String(shown.steps[Number(event.target.value)] ?? "") }, { replace: true })} />
        <output>${wordOfStep(step)}</output></label>`}
    </div>
    <div class="compare-pictures">${runs.value.map(({ run, at: column }) => html`<${OfRun} key=${run.id} run=${run} picture=${shown} urls=${shown.urls[column]} at=${at} />`)}</div>
    <p class="soft">A run without a picture at this step shows its latest before it. ${formatCount(shown.steps.length, "step")} in all.</p>
  </section>`;
}

/** @param {{run: import("trialog/api.d.ts").RunHead, picture: Picture, urls: readonly (string | null)[], at: number}} props */
function OfRun({ run, picture, urls, at }) {
  const own = pictureAt(picture.steps, urls, at);
  const step = wordOfStep(picture.steps[own] ?? null);
  return html`<figure class="panel compare-picture">
    ${own < 0 ? html`<div class="no-picture soft">none up to here</div>`
      : html`<img src=${urls[own]} alt=${`${picture.name} of ${run.name}, ${step}`} data-step=${picture.steps[own]} />`}
    <figcaption><a class="cut" href=${runPath(run)} title=${run.name}>${run.name}</a>${own >= 0 && html`<span class=${own === at ? "soft" : "earlier"}>${step}</span>`}</figcaption>
  </figure>`;
}

/** @param {number | null} step */
function wordOfStep(step) {
  return step === null ? "no step" : `step ${formatNumber(step)}`;
}

/**
 * The place of a step: of the last one, where the address names none.
 * @param {Picture} picture
 * @param {string | undefined} text
 */
function placeIn({ steps }, text) {
  if (!text) {
    return steps.length - 1;
  }
  const wanted = Number(text);
  const later = steps.findIndex((step) => step !== null && step > wanted);
  return later < 0 ? steps.length - 1 : Math.max(0, later - 1);
}
