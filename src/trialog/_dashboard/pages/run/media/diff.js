/** A patch: its files, with the lines that were added and removed. */

import { html } from "htm/preact";
import { useState } from "preact/hooks";

import { parseDiff } from "trialog/logic/diffs.js";
import { formatBytes } from "trialog/logic/formats.js";
import { textOf, useBytes } from "trialog/data/files.js";
import { Failure, Waiting } from "trialog/parts/states.js";

/** @typedef {import("trialog/api.d.ts").VersionShape} Version */
/** @typedef {import("trialog/logic/diffs.js").DiffFile} DiffFile */

const MOST_BYTES = 2_000_000;
const OPEN_LINES = 400; // files of more lines are closed at first
const OPEN_FILES = 8;
const MOST_LINES = 3000;

/** @param {{version: Version}} props */
export function DiffView({ version }) {
  const { bytes, failure } = useBytes(version, MOST_BYTES);
  if (failure) {
    return html`<${Failure} error=${failure} />`;
  }
  if (!bytes) {
    return html`<${Waiting} what="the changes" />`;
  }
  const files = parseDiff(textOf(bytes));
  const [added, removed] = [sum(files, "added"), sum(files, "removed")];
  return html`<p class="soft">${files.length} file${files.length === 1 ? "" : "s"}, <span class="added">+${added}</span> <span class="removed">−${removed}</span>
      <a class="quiet-link" href=${version.file} download=${version.filename}>Download the patch</a></p>
    ${files.map((file, at) => html`<${File} key=${`${at}${file.path}`} file=${file} isOpen=${at < OPEN_FILES && file.lines.length <= OPEN_LINES} />`)}
    ${bytes.length < version.size_bytes && html`<p class="soft">The first ${formatBytes(bytes.length)} of ${formatBytes(version.size_bytes)}.</p>`}`;
}

/**
 * @param {DiffFile[]} files
 * @param {"added" | "removed"} which
 */
function sum(files, which) {
  return files.reduce((total, file) => total + file[which], 0);
}

/** @param {{file: DiffFile, isOpen: boolean}} props */
function File({ file, isOpen }) {
  const [isShown, setShown] = useState(isOpen);
  const { path, was, added, removed, lines } = file;
  return html`<details class="folded diff-file" open=${isShown} onToggle=${(/** @type {any} */ event) => setShown(event.currentTarget.open)}>
    <summary><code>${was && was !== path ? `${was} → ${path}` : path}</code> <span class="added">+${added}</span> <span class="removed">−${removed}</span></summary>
    ${isShown && html`<div class="diff" tabindex="0" role="group" aria-label=${`Changes of ${path}`}><table><tbody>
      ${lines.slice(0, MOST_LINES).map((line, at) => html`<tr key=${at} class=${`diff-${line.kind}`}><td class="diff-number">${line.old}</td><td class="diff-number">${line.now}</td>
        <td class="diff-sign">${line.kind === "added" ? "+" : line.kind === "removed" ? "−" : ""}</td><td class="diff-text">${line.text}</td></tr>`)}
    </tbody></table></div>
    ${lines.length > MOST_LINES && html`<p class="soft">and ${lines.length - MOST_LINES} more lines, which the patch has</p>`}`}
  </details>`;
}
