/** Dialogs that ask before runs are changed. */

import { html } from "htm/preact";
import { useState } from "preact/hooks";

import { postJson } from "trialog/data/api.js";
import { formatCount } from "trialog/logic/formats.js";
import { idsFilter } from "trialog/logic/operands.js";
import { changeRuns, question } from "trialog/pages/project/changes.js";
import { overview } from "trialog/pages/project/overview.js";
import { selection } from "trialog/pages/project/selection.js";
import { Dialog } from "trialog/parts/dialog.js";

const close = () => { question.value = null; };

/** The dialog that is open, if any. */
export function Questions() {
  const asked = question.value;
  if (!asked) {
    return null;
  }
  const { ids, name } = asked;
  const what = ids.length === 1 && name ? `“${name}”` : formatCount(ids.length, "run");
  const key = `${asked.kind} ${ids[0]}`;
  if (asked.kind === "tag") {
    return html`<${Tags} key=${key} ids=${ids} what=${what} />`;
  }
  if (asked.kind === "rename") {
    return html`<${Text} key=${key} title="Rename the run" label="Name" from=${name} act=${(/** @type {string} */ text) => changeRuns(ids, { name: text }, "renamed", { name })} />`;
  }
  if (asked.kind === "describe") {
    return html`<${Describe} key=${key} ids=${ids} what=${what} />`;
  }
  if (asked.kind === "delete") {
    return html`<${Confirm} key=${key} title=${`Delete ${what}?`} verb="Delete" act=${() => changeRuns(ids, { delete: true }, "deleted", { restore: true })}>
      <p>Deleted runs are hidden, and can be restored until <code>trialog gc</code> removes them.</p></${Confirm}>`;
  }
  return html`<${Confirm} key=${key} title=${`Ask ${what} to stop?`} verb="Ask to stop" act=${() => changeRuns(ids, { cancel: true, reason: "asked for in the dashboard" }, "asked to stop")}>
    <p>A run stops where it logs next, and is then canceled. Runs that have ended stay as they are.</p></${Confirm}>`;
}

/** @param {{title: string, verb: string, act: () => void, children?: unknown}} props */
function Confirm({ title, verb, act, children }) {
  return html`<${Dialog} title=${title} onClose=${close}>
    <form class="ask" onSubmit=${submit(() => { act(); selection.selected.value = new Set(); })}>${children}
      <div class="ask-end"><button type="button" onClick=${close}>Keep</button>
        <button class="primary dangerous" type="submit" autofocus data-testid="confirm">${verb}</button></div>
    </form></${Dialog}>`;
}

/** @param {{title: string, label: string, from: string, act: (text: string) => void, isLong?: boolean}} props */
function Text({ title, label, from, act, isLong = false }) {
  const [text, setText] = useState(from);
  const field = { id: "ask-text", value: text, autofocus: true, onInput: (/** @type {any} */ event) => setText(event.target.value) };
  return html`<${Dialog} title=${title} onClose=${close}>
    <form class="ask" onSubmit=${submit(() => act(text))}>
      <label for="ask-text">${label}</label>
      ${isLong ? html`<textarea rows="6" ...${field}></textarea>` : html`<input autocomplete="off" spellcheck=${false} ...${field} />`}
      <div class="ask-end"><button type="button" onClick=${close}>Leave it</button>
        <button class="primary" type="submit" disabled=${(!isLong && !text.trim()) || text === from} data-testid="confirm">Save</button></div>
    </form></${Dialog}>`;
}

/** @param {{ids: readonly string[], what: string}} props */
function Describe({ ids, what }) {
  const [known, setKnown] = useState(/** @type {string | null} */ (ids.length === 1 ? null : ""));
  if (known === null) {
    postJson("/runs", { project: selection.project.value, where: idsFilter(ids), columns: ["description"], limit: 1 })
      .then((page) => setKnown(page.columns[0].values[0] ?? ""), () => setKnown(""));
    return null;
  }
  return html`<${Text} title=${`Describe ${what}`} label="Description" from=${known} isLong
    act=${(/** @type {string} */ text) => changeRuns(ids, { description: text }, "described", ids.length === 1 ? { description: known } : null)} />`;
}

/** @param {{ids: readonly string[], what: string}} props */
function Tags({ ids, what }) {
  const [text, setText] = useState("");
  const tags = text.split(",").map((tag) => tag.trim()).filter(Boolean);
  /** @param {boolean} isAdded */
  const act = (isAdded) => {
    const [one, other] = isAdded ? ["add_tags", "remove_tags"] : ["remove_tags", "add_tags"];
    changeRuns(ids, { [one]: tags }, isAdded ? "tagged" : "untagged", { [other]: tags });
    close();
  };
  const known = (overview.value?.tags ?? []).slice(0, 24);
  return html`<${Dialog} title=${`Tag ${what}`} onClose=${close}>
    <form class="ask" onSubmit=${submit(() => act(true))}>
      <label for="ask-tags">Tags, with commas between</label>
      <input id="ask-tags" autocomplete="off" spellcheck=${false} autofocus value=${text} onInput=${(/** @type {any} */ event) => setText(event.target.value)} />
      ${known.length > 0 && html`<div class="ask-tags" role="group" aria-label="Tags of this project">${known.map((tag) => html`
        <button type="button" class="tag" aria-pressed=${tags.includes(tag)} key=${tag}
          onClick=${() => setText(tags.includes(tag) ? tags.filter((each) => each !== tag).join(", ") : [...tags, tag].join(", "))}>${tag}</button>`)}</div>`}
      <div class="ask-end"><button type="button" disabled=${tags.length === 0} onClick=${() => act(false)} data-testid="untag">Take away</button>
        <button class="primary" type="submit" disabled=${tags.length === 0} data-testid="confirm">Add</button></div>
    </form></${Dialog}>`;
}

/** @param {() => void} act */
function submit(act) {
  return (/** @type {Event} */ event) => {
    event.preventDefault();
    act();
    close();
  };
}
