/** Text, and what is nothing better known: the first bytes, and more on demand. */

import { html } from "htm/preact";
import { useState } from "preact/hooks";

import { formatBytes } from "trialog/logic/formats.js";
import { hexRows } from "trialog/logic/hexdump.js";
import { textOf, useBytes } from "trialog/data/files.js";
import { Empty, Failure, Waiting } from "trialog/parts/states.js";

/** @typedef {import("trialog/api.d.ts").VersionShape} Version */

const TEXT_BYTES = 200_000;
const HEX_BYTES = 512;
const MOST_BYTES = 8_000_000;

/** @param {{version: Version}} props */
export function TextView({ version }) {
  const [stop, setStop] = useState(TEXT_BYTES);
  const { bytes, failure } = useBytes(version, stop);
  if (failure) {
    return html`<${Failure} error=${failure} />`;
  }
  if (!bytes) {
    return html`<${Waiting} what="the text" />`;
  }
  if (!version.size_bytes) {
    return html`<${Empty} title="The file is empty." />`;
  }
  return html`<pre class="file-text" tabindex="0" aria-label="Text">${textOf(bytes)}</pre><${More} version=${version} shown=${bytes.length} show=${() => setStop(Math.min(stop * 4, MOST_BYTES))} />`;
}

/** @param {{version: Version, shown: number, show: () => void}} props */
function More({ version, shown, show }) {
  if (shown >= version.size_bytes) {
    return null;
  }
  return html`<p class="soft">The first ${formatBytes(shown)} of ${formatBytes(version.size_bytes)}. ${shown < MOST_BYTES
    ? html`<button onClick=${show}>Show more</button>` : "Download the file for the rest."}</p>`;
}

/** @param {{version: Version}} props */
export function BytesView({ version }) {
  const { bytes, failure } = useBytes(version, HEX_BYTES);
  if (failure) {
    return html`<${Failure} error=${failure} />`;
  }
  if (!bytes) {
    return html`<${Waiting} what="the first bytes" />`;
  }
  if (!version.size_bytes) {
    return html`<${Empty} title="The file is empty." />`;
  }
  return html`<pre class="file-text hex" tabindex="0" aria-label="First bytes">${hexRows(bytes).map((row) => html`<div key=${row.offset}><span class="soft">${row.offset}</span>  ${row.numbers}  ${row.letters}</div>`)}</pre>
    ${bytes.length < version.size_bytes && html`<p class="soft">The first ${formatBytes(bytes.length)} of ${formatBytes(version.size_bytes)}.</p>`}`;
}
