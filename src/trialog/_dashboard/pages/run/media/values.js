/** JSON values that were logged under a name, step by step. */

import { html } from "htm/preact";
import { useState } from "preact/hooks";

import { formatCount, formatTime } from "trialog/logic/formats.js";
import { JsonText } from "trialog/pages/run/media/json.js";
import { useAsked } from "trialog/pages/run/state.js";
import { Icon } from "trialog/parts/icons.js";
import { Failure, Waiting } from "trialog/parts/states.js";
import { setState as setPlace } from "trialog/shell/router.js";

/** @typedef {import("trialog/api.d.ts").ValuesShape} Found */

const AT_ONCE = 200;

/** @param {{name: string}} props */
export function Values({ name }) {
  const [start, setStart] = useState(-AT_ONCE);
  const { data, failure } = useAsked("/values", { name, start });
  const [at, setAt] = useState(-1);
  if (failure) {
    return html`<${Failure} error=${failure} />`;
  }
  if (!data) {
    return html`<${Waiting} what="the values" />`;
  }
  const found = /** @type {Found} */ (data);
  const place = at < 0 || at >= found.values.length ? found.values.length - 1 : at;
  const value = found.values[place];
  return html`<article class="panel part-panel viewer" aria-label=${name} data-kind="values">
    <div class="part-head"><button class="quiet file-back" aria-label="Back to all files" onClick=${() => setPlace({ value: "" })}><${Icon} name="left" /></button>
      <h2 class="cut" title=${name}>${name}</h2><span class="soft">${formatCount(found.total, "value")}</span></div>
    ${found.values.length > 1 && html`<label class="slider">Step <input type="range" min="0" max=${found.values.length - 1} value=${place} onInput=${(/** @type {any} */ event) => setAt(Number(event.target.value))} /> <output>${value.step}</output></label>`}
    ${found.total > AT_ONCE && html`<p><button disabled=${found.start === 0} onClick=${() => { setAt(-1); setStart(Math.max(0, found.start - AT_ONCE)); }}>Earlier</button>
      <button disabled=${found.start + found.values.length >= found.total} onClick=${() => { setAt(-1); setStart(found.start + AT_ONCE); }}>Later</button>
      <span class="soft">${found.start + 1} to ${found.start + found.values.length} of ${found.total}</span></p>`}
    <p class="soft">step ${value.step}, ${formatTime(value.time_ns)}</p>
    ${value.more ? html`<p class="soft">It is long: ${value.more} more characters are left out.</p><pre class="file-text" tabindex="0" aria-label="Value">${value.text}</pre>` : html`<${JsonText} text=${value.text} />`}
  </article>`;
}
