/** ?: all keys that work on this page. */

import { signal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect } from "preact/hooks";

import { Dialog } from "trialog/parts/dialog.js";
import { Icon } from "trialog/parts/icons.js";
import { addShortcuts, shortcuts } from "trialog/shell/keyboard.js";

const isOpen = signal(false);

/** The button in the bar, and the dialog it opens. */
export function Help() {
  useEffect(() => addShortcuts([{ key: "?", label: "These keys", act: () => { isOpen.value = true; } }]), []);
  return html`
    <button class="quiet" onClick=${() => { isOpen.value = true; }} aria-label="Keys (?)" title="Keys (?)" data-testid="help"><${Icon} name="help" /></button>
    ${isOpen.value && html`<${Dialog} title="Keys" onClose=${() => { isOpen.value = false; }}>
      <dl class="keys">${uniqueKeys().map((each) => html`<div key=${each.key}>
        <dt><kbd>${each.key.replace("Ctrl+", "Ctrl ")}</kbd></dt><dd>${each.label}</dd></div>`)}</dl>
    </${Dialog}>`}`;
}

/** The first of each key: it is the one that acts. */
function uniqueKeys() {
  return shortcuts.value.filter((each, place, all) => all.findIndex((other) => other.key === each.key) === place);
}
