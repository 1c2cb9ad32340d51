/** One attachment: what it is, its versions, and a view that fits its kind. */

import { html } from "htm/preact";

import { formatBytes, formatTime } from "trialog/logic/formats.js";
import { previewOf } from "trialog/logic/previews.js";
import { ArrayView, HistogramView } from "trialog/pages/run/media/arrays.js";
import { BytesView, TextView } from "trialog/pages/run/media/bytes.js";
import { DiffView } from "trialog/pages/run/media/diff.js";
import { DocumentView } from "trialog/pages/run/media/document.js";
import { FigureView } from "trialog/pages/run/media/figure.js";
import { ImageView } from "trialog/pages/run/media/images.js";
import { JsonView } from "trialog/pages/run/media/json.js";
import { TableView } from "trialog/pages/run/media/table.js";
import { CopyButton } from "trialog/parts/copy.js";
import { Icon } from "trialog/parts/icons.js";
import { place, setState } from "trialog/shell/router.js";

/** @typedef {import("trialog/api.d.ts").AttachmentShape} Attachment */
/** @typedef {import("trialog/api.d.ts").VersionShape} Version */

/** @param {{attachment: Attachment}} props */
export function Viewer({ attachment }) {
  const { name, versions } = attachment;
  const asked = Number.parseInt(place.value.state.v ?? "", 10);
  const version = versions.find((each) => each.version === asked) ?? versions[versions.length - 1];
  const kind = previewOf(version.media_type, version.filename);
  return html`<article class="panel part-panel viewer" aria-label=${name} data-testid="viewer" data-kind=${kind}>
    <div class="part-head">
      <button class="quiet file-back" aria-label="Back to all files" onClick=${() => setState({ file: "", v: "", with: "", page: "" })}><${Icon} name="left" /></button>
      <h2 class="cut" title=${name}>${name}</h2>
      ${versions.length > 1 && kind !== "image" && html`<${Versions} versions=${versions} version=${version} />`}
      <a class="button" href=${version.file} download=${version.filename}><${Icon} name="download" />Download</a>
    </div>
    <p class="soft file-facts"><span>${version.media_type}</span><span>${formatBytes(version.size_bytes)}</span>${version.step !== null && html`<span>step ${version.step}</span>`}
      <span>${formatTime(version.created_ns)}</span><span class="with-copy" title=${`SHA-256 ${version.sha256}`}><code>${version.sha256.slice(0, 12)}</code><${CopyButton} text=${version.sha256} what="the SHA-256 digest" /></span></p>
    <${View} kind=${kind} name=${name} version=${version} versions=${versions} key=${`${kind}${kind === "image" ? "" : version.version}`} />
  </article>`;
}

/** @param {{versions: Version[], version: Version}} props */
function Versions({ versions, version }) {
  return html`<select aria-label="Version" value=${String(version.version)} onChange=${(/** @type {any} */ event) => setState({ v: event.target.value })}>
    ${[...versions].reverse().map((each) => html`<option key=${each.version} value=${String(each.version)}>version ${each.version}${each.step === null ? "" : `, step ${each.step}`}</option>`)}
  </select>`;
}

/** @param {{kind: import("trialog/logic/previews.js").Preview, name: string, version: Version, versions: Version[]}} props */
function View({ kind, name, version, versions }) {
  switch (kind) {
    case "image":
      return html`<${ImageView} name=${name} versions=${versions} version=${version} />`;
    case "audio":
      return html`<audio class="sound" controls preload="metadata" src=${version.file} aria-label=${name}></audio>`;
    case "video":
      return html`<video class="film" controls preload="metadata" src=${version.file} aria-label=${name}></video>`;
    case "json":
      return html`<${JsonView} version=${version} />`;
    case "table":
      return html`<${TableView} name=${name} version=${version} />`;
    case "array":
      return html`<${ArrayView} name=${name} version=${version} />`;
    case "histogram":
      return html`<${HistogramView} version=${version} />`;
    case "plotly":
      return html`<${FigureView} name=${name} version=${version} />`;
    case "diff":
      return html`<${DiffView} version=${version} />`;
    case "text":
      return html`<${TextView} version=${version} />`;
    case "page":
      return html`<p class="soft">Shown with no rights: its scripts do not run, and it reaches nothing.</p>
        <iframe class="page-frame" sandbox="" src=${version.file} title=${name} referrerpolicy="no-referrer"></iframe>`;
    case "pdf":
      return html`<${DocumentView} name=${name} version=${version} />`;
    default:
      return html`<${BytesView} version=${version} />`;
  }
}
