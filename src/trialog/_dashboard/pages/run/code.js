/** The code that ran: command, commit, script, and what was changed since the commit. */

import { html } from "htm/preact";

import { formatNumber } from "trialog/logic/formats.js";
import { runPath } from "trialog/logic/url.js";
import { DiffView } from "trialog/pages/run/media/diff.js";
import { run, useAsked } from "trialog/pages/run/state.js";
import { CopyButton } from "trialog/parts/copy.js";
import { Empty, Failure, Waiting } from "trialog/parts/states.js";

/** @typedef {import("trialog/api.d.ts").AttachmentShape} Attachment */

const COPIED = new Set(["command", "commit", "script", "remote", "folder", "root", "notebook"]);
const TOLD = ["command", "commit", "branch", "remote", "script", "notebook", "folder", "root", "changed_files", "untracked_files", "withheld_files", "left_out_files", "git"];

/** The part. */
export function Code() {
  const context = useAsked("/context");
  const files = useAsked("/files");
  const failure = context.failure ?? files.failure;
  if (failure) {
    return html`<${Failure} error=${failure} />`;
  }
  if (!context.data || !files.data) {
    return html`<${Waiting} what="the code" />`;
  }
  const code = /** @type {Record<string, any>} */ (context.data.sections.code ?? {});
  const kept = /** @type {Attachment[]} */ (files.data.attachments).filter((each) => each.name.startsWith("code/"));
  if (!Object.keys(code).length && !kept.length) {
    return html`<${Empty} title="Nothing of the code was kept." ><span>It was switched off by <code>capture=</code> or <code>TRIALOG_CAPTURE</code>, or is still to come.</span></${Empty}>`;
  }
  const patch = kept.find((each) => each.name === "code/diff.patch")?.versions.at(-1);
  const others = kept.filter((each) => each.name !== "code/diff.patch");
  const head = run.value?.head;
  return html`<div class="code-part">
    <section class="panel part-panel" aria-label="Code"><h2>Code</h2><dl class="facts facts-column">
      ${TOLD.filter((name) => code[name] !== undefined && code[name] !== null).map((name) => html`<div key=${name}><dt>${name.replaceAll("_", " ")}</dt><dd class="with-copy">
        ${typeof code[name] === "number" ? formatNumber(code[name]) : html`<code class="wrapped">${String(code[name])}</code>`}${COPIED.has(name) && html`<${CopyButton} text=${String(code[name])} what=${`the ${name}`} />`}</dd></div>`)}
    </dl></section>
    ${others.length > 0 && head && html`<section class="panel part-panel" aria-label="Files that were kept"><h2>Files that were kept <span class="soft">${others.length}</span></h2>
      <ul class="kept-files">${others.map((each) => html`<li key=${each.name}><a href=${`${runPath(head, "files")}?file=${encodeURIComponent(each.name)}`}>${each.name.replace(/^code\//, "")}</a></li>`)}</ul></section>`}
    <section class="panel part-panel" aria-label="Changes"><h2>Changes since the commit</h2>
      ${patch ? html`<${DiffView} version=${patch} />` : html`<p class="soft">${code.is_dirty === false ? "None: the code was as it was committed." : "None were kept."}</p>`}</section>
  </div>`;
}
