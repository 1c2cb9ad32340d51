/** PDFs: one page at a time, as a picture that the server draws. No browser opens the file itself. */

import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { usePicture } from "trialog/data/files.js";
import { pageAsked, shapeOfPage, widthOfPicture } from "trialog/logic/documents.js";
import { BytesView } from "trialog/pages/run/media/bytes.js";
import { useAsked } from "trialog/pages/run/state.js";
import { Icon } from "trialog/parts/icons.js";
import { Failure, Waiting } from "trialog/parts/states.js";
import { addShortcuts } from "trialog/shell/keyboard.js";
import { place, setState } from "trialog/shell/router.js";

/** @typedef {import("trialog/api.d.ts").VersionShape} Version */
/** @typedef {import("trialog/api.d.ts").DocumentShape} Document */

const MANY = 10; // pages; to step through more takes long

/** @param {{name: string, version: Version}} props */
export function DocumentView({ name, version }) {
  const { data, failure, again } = useAsked("/document", { name, version: version.version });
  if (failure) {
    return html`<${Failure} error=${failure} again=${again} />`;
  }
  if (!data) {
    return html`<${Waiting} what="the document" />`;
  }
  const found = /** @type {Document} */ (data);
  if (!found.pages) {
    return html`<p data-testid="document-note">Its pages cannot be shown here: ${found.note}. Download it to read it.</p><${BytesView} version=${version} />`;
  }
  return html`<${Pages} name=${name} found=${found} />`;
}

/** @param {{name: string, found: Document}} props */
function Pages({ name, found }) {
  const frame = useRef(/** @type {HTMLElement | null} */ (null));
  const [width, setWidth] = useState(0);
  const page = pageAsked(place.value.state.page, found.pages);
  const words = `Page ${page} of ${found.pages} of ${name}`;
  /** @param {number} wanted */
  const go = (wanted) => setState({ page: wanted === 1 ? "" : String(pageAsked(String(wanted), found.pages)) }, { replace: true });
  useEffect(() => addShortcuts([
    { key: "ArrowLeft", label: "Previous page of the document", act: () => go(page - 1) },
    { key: "ArrowRight", label: "Next page of the document", act: () => go(page + 1) },
  ]), [page, found.pages]);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth((before) => Math.max(before, widthOfPicture(entry.contentRect.width, devicePixelRatio))));
    observer.observe(/** @type {HTMLElement} */ (frame.current));
    return () => observer.disconnect();
  }, []);
  return html`<div class="document" data-testid="document">
    ${found.pages > 1 && html`<div class="document-bar" role="group" aria-label=${`Pages of ${name}`}>
      <button aria-disabled=${page === 1} onClick=${() => go(page - 1)}><${Icon} name="left" />Previous</button>
      <span class="document-place">page ${page} of ${found.pages}</span>
      <button aria-disabled=${page === found.pages} onClick=${() => go(page + 1)}>Next<${Icon} name="right" /></button>
      ${found.pages > MANY && html`<label>Go to page <input type="number" min="1" max=${found.pages} value=${page}
        onChange=${(/** @type {any} */ event) => go(Number(event.target.value))} /></label>`}
    </div>`}
    <p class="unseen" role="status">${words}</p>
    <figure class="document-page" ref=${frame} style=${{ aspectRatio: shapeOfPage(found.sizes, page) }}>
      ${width > 0 && html`<${Page} address=${`${found.pictures}/${page}/${width}.png`} page=${page} words=${words} />`}
    </figure>
  </div>`;
}

/** @param {{address: string, page: number, words: string}} props */
function Page({ address, page, words }) {
  const { source, failure } = usePicture(address);
  if (failure) {
    return html`<${Failure} error=${failure} />`;
  }
  return source ? html`<img src=${source} alt=${words} />` : html`<${Waiting} what=${`page ${page}`} />`;
}
