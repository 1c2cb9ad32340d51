/** Pictures: one at a step, two side by side, all steps at once; enlarged so that each pixel is seen. */

import { html } from "htm/preact";
import { useState } from "preact/hooks";

import { place, setState } from "trialog/shell/router.js";

/** @typedef {import("trialog/api.d.ts").VersionShape} Version */

const ZOOMS = ["fit", "1", "2", "4", "8", "16"];
const AT_ONCE = 120;

/** @param {{name: string, version: Version, versions: Version[]}} props */
export function ImageView({ name, version, versions }) {
  const [zoom, setZoom] = useState("fit");
  const [isAll, setAll] = useState(false);
  const beside = versions.find((each) => String(each.version) === place.value.state.with);
  const isMany = versions.length > 1;
  return html`<div class="image-bar">
      <div class="segments" role="group" aria-label="Zoom">${ZOOMS.map((each) => html`<button key=${each} aria-pressed=${zoom === each} onClick=${() => setZoom(each)}>${each === "fit" ? "fit" : `${each}×`}</button>`)}</div>
      ${isMany && html`<button aria-pressed=${Boolean(beside)} onClick=${() => setState({ with: beside ? "" : String(versions[0].version), v: String(version.version) })}>Side by side</button>
      <button aria-pressed=${isAll} onClick=${() => setAll(!isAll)}>All ${versions.length} steps</button>`}
    </div>
    ${isAll ? html`<${Grid} name=${name} versions=${versions} chosen=${version} choose=${(/** @type {Version} */ each) => { setState({ v: String(each.version) }); setAll(false); }} />`
      : html`<div class=${beside ? "pictures pictures-two" : "pictures"}>
        ${beside && html`<${Picture} name=${name} version=${beside} versions=${versions} zoom=${zoom} label="Left" choose=${(/** @type {Version} */ each) => setState({ with: String(each.version) }, { replace: true })} />`}
        <${Picture} name=${name} version=${version} versions=${versions} zoom=${zoom} label=${beside ? "Right" : ""} choose=${(/** @type {Version} */ each) => setState({ v: String(each.version) }, { replace: true })} />
      </div>`}`;
}

/** @param {{name: string, version: Version, versions: Version[], zoom: string, label: string, choose: (version: Version) => void}} props */
function Picture({ name, version, versions, zoom, label, choose }) {
  const [size, setSize] = useState({ width: 0, height: 0 });
  const at = versions.indexOf(version);
  const words = version.step === null ? `version ${version.version}` : `step ${version.step}`;
  const style = zoom === "fit" || !size.width ? {} : { width: `${size.width * Number(zoom)}px`, height: `${size.height * Number(zoom)}px` };
  return html`<figure class="picture-one">
    ${versions.length > 1 && html`<label class="slider">${label ? `${label} step` : "Step"} <input type="range" min="0" max=${versions.length - 1} value=${at} aria-valuetext=${words}
      onInput=${(/** @type {any} */ event) => choose(versions[Number(event.target.value)])} /> <output>${words} <span class="soft">${at + 1} of ${versions.length}</span></output></label>`}
    <div class="picture-frame" tabindex="0" role="group" aria-label=${`${name}, ${words}`}><img class=${zoom === "fit" ? "picture-fit" : "picture-pixels"} style=${style} src=${version.file} alt=${`${name}, ${words}`}
      onLoad=${(/** @type {any} */ event) => setSize({ width: event.target.naturalWidth, height: event.target.naturalHeight })} /></div>
    ${size.width > 0 && html`<figcaption class="soft">${size.width} × ${size.height} pixels</figcaption>`}
  </figure>`;
}

/** @param {{name: string, versions: Version[], chosen: Version, choose: (version: Version) => void}} props */
function Grid({ name, versions, chosen, choose }) {
  const [shown, setShown] = useState(AT_ONCE);
  return html`<ul class="gallery">${versions.slice(0, shown).map((each) => html`<li key=${each.version}><button class="picture" aria-pressed=${each === chosen} onClick=${() => choose(each)}>
      <img src=${each.file} alt=${`${name}, version ${each.version}`} loading="lazy" /><span>${each.step === null ? `version ${each.version}` : `step ${each.step}`}</span></button></li>`)}</ul>
    ${versions.length > shown && html`<button onClick=${() => setShown(shown + AT_ONCE)}>Show ${Math.min(AT_ONCE, versions.length - shown)} more of ${versions.length - shown}</button>`}`;
}
