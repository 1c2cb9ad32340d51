/** ?: all keys that work on this page. */

import { signal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect } from "preact/hooks";

import { Dialog } from "trialog/parts/dialog.js";
import { Icon } from "trialog/parts/icons.js";
import { addShortcuts, keyNotes, shortcuts } from "trialog/shell/keyboard.js";

const isOpen = signal(false);

/** The button in the bar, and the dialog it opens. */
export function Help() {
  useEffect(() => addShortcuts([{ key: "?", label: "These keys", act: () => { isOpen.value = true; } }]), []);
  return html`
    <button class="quiet" onClick=${() => { isOpen.value = true; }} aria-label="Keys (?)" title="Keys (?)" data-testid="help"><${Icon} name="help" /></button>
    ${isOpen.value && html`<${Dialog} title="Keys" kind=${keyNotes.value.length ? "wide" : ""} onClose=${() => { isOpen.value = false; }}>
      <div class="key-parts"><${Keys} title="Anywhere on this page" keys=${uniqueKeys().map((each) => [each.key.replace("Ctrl+", "Ctrl "), each.label])} />
      ${sorted([...new Set(keyNotes.value)]).map((notes) => html`<${Keys} key=${notes.title} ...${notes} />`)}</div>
    </${Dialog}>`}`;
}

/** Whatever came first on the page. @param {import("trialog/shell/keyboard.js").KeyNotes[]} notes */
function sorted(notes) {
  return notes.sort((a, b) => a.title.localeCompare(b.title, "en"));
}

/** @param {import("trialog/shell/keyboard.js").KeyNotes} props */
function Keys({ title, keys }) {
  return html`<section class="key-part"><h3>${title}</h3><dl class="keys">${keys.map(([key, label]) => html`<div key=${key}>
    <dt><kbd>${key}</kbd></dt><dd>${label}</dd></div>`)}</dl></section>`;
}

/** The first of each key: it is the one that acts. */
function uniqueKeys() {
  return shortcuts.value.filter((each, place, all) => all.findIndex((other) => other.key === each.key) === place);
}
