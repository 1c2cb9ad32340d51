/** The run's files and JSON values: a list with pictures, and one of them shown. */

import { html } from "htm/preact";
import { useState } from "preact/hooks";

import { formatBytes, formatCount } from "trialog/logic/formats.js";
import { previewOf } from "trialog/logic/previews.js";
import { Values } from "trialog/pages/run/media/values.js";
import { Viewer } from "trialog/pages/run/media/viewer.js";
import { run, useAsked } from "trialog/pages/run/state.js";
import { Icon } from "trialog/parts/icons.js";
import { Empty, Failure, Waiting } from "trialog/parts/states.js";
import { place, setState } from "trialog/shell/router.js";

/** @typedef {import("trialog/api.d.ts").AttachmentShape} Attachment */

const MOST_PICTURES = 60;

/** The part. */
export function Files() {
  const { data, failure, again } = useAsked("/files");
  if (failure) {
    return html`<${Failure} error=${failure} again=${again} />`;
  }
  if (!data) {
    return html`<${Waiting} what="the files" />`;
  }
  const attachments = /** @type {Attachment[]} */ (data.attachments);
  const values = /** @type {string[]} */ (data.values);
  if (!attachments.length && !values.length) {
    return html`<${Empty} title="The run has no files."><span>Log some: <code>run.log_attachment("notes.txt", "text/plain", b"…")</code>, <code>run.log_value("sample", image)</code></span></${Empty}>`;
  }
  const { file, value } = place.value.state;
  const chosen = attachments.find((each) => each.name === file);
  return html`<div class="files" data-chosen=${Boolean(chosen || value)}>
    <${List} attachments=${attachments} values=${values} />
    <div class="file-view">
      ${chosen ? html`<${Viewer} key=${chosen.name} attachment=${chosen} />` : value ? html`<${Values} key=${value} name=${value} />` : html`<${Gallery} attachments=${attachments} />`}
      ${file && !chosen && html`<${Empty} title=${`There is no file ${file}.`} />`}
    </div>
  </div>`;
}

/** @param {{attachments: Attachment[], values: string[]}} props */
function List({ attachments, values }) {
  const [wanted, setWanted] = useState("");
  const sought = wanted.trim().toLowerCase();
  const { file, value } = place.value.state;
  const own = attachments.filter((each) => !each.name.startsWith("code/"));
  const code = attachments.filter((each) => each.name.startsWith("code/"));
  const isFound = (/** @type {string} */ name) => !sought || name.toLowerCase().includes(sought);
  /** @type {[string, {name: string, hint: string, icon: string, isChosen: boolean, state: Record<string, string>}[]][]} */
  const groups = [
    ["Files", own.map((each) => fileItem(each, file))],
    ["Values", values.map((name) => ({ name, hint: "JSON", icon: "table", isChosen: !file && name === value, state: { value: name, file: "" } }))],
    ["Code", code.map((each) => fileItem(each, file))],
  ];
  return html`<nav class="panel file-list" aria-label="Files of the run">
    <input type="search" aria-label="Search files" placeholder=${`search ${formatCount(attachments.length, "file")}`} value=${wanted} onInput=${(/** @type {any} */ event) => setWanted(event.target.value)} />
    ${groups.map(([title, items]) => {
      const found = items.filter((item) => isFound(item.name));
      return found.length > 0 && html`<h2 key=${title}>${title} <span class="soft">${found.length}</span></h2>
        <ul>${found.slice(0, 1000).map((item) => html`<li key=${item.name}><button class="file-item" aria-current=${item.isChosen ? "true" : null}
          onClick=${() => setState({ ...item.state, v: "", with: "", page: "" })}><${Icon} name=${item.icon} /><span class="cut" title=${item.name}>${item.name}</span><span class="soft">${item.hint}</span></button></li>`)}</ul>
        ${found.length > 1000 && html`<p class="soft">and ${found.length - 1000} more; search for one</p>`}`;
    })}
  </nav>`;
}

/**
 * @param {Attachment} attachment
 * @param {string | undefined} chosen
 */
function fileItem({ name, versions }, chosen) {
  const newest = versions[versions.length - 1];
  const hint = versions.length > 1 ? `${versions.length} versions` : formatBytes(newest.size_bytes);
  return { name, hint, icon: "file", isChosen: name === chosen, state: { file: name, value: "" } };
}

/** @param {{attachments: Attachment[]}} props */
function Gallery({ attachments }) {
  const pictures = attachments.filter((each) => previewOf(each.versions[0].media_type, each.versions[0].filename) === "image");
  if (!pictures.length) {
    return html`<${Empty} title="Choose a file to see it." />`;
  }
  return html`<section class="panel part-panel" aria-label="Pictures"><h2>Pictures <span class="soft">${pictures.length}</span></h2>
    <ul class="gallery">${pictures.slice(0, MOST_PICTURES).map(({ name, versions }) => {
      const newest = versions[versions.length - 1];
      return html`<li key=${name}><button class="picture" onClick=${() => setState({ file: name, value: "" })}>
        <img src=${newest.file} alt="" loading="lazy" /><span class="cut" title=${name}>${name}</span>
        <span class="soft">${versions.length > 1 ? `${versions.length} versions` : newest.step === null ? formatBytes(newest.size_bytes) : `step ${newest.step}`}</span></button></li>`;
    })}</ul>
    ${pictures.length > MOST_PICTURES && html`<p class="soft">${pictures.length - MOST_PICTURES} more pictures stand in the list.</p>`}
    <p class="soft">${run.value?.is_ended ? "" : "New ones appear as they are logged."}</p>
  </section>`;
}
