/** Tells what happened: to eyes as a note that goes away, to screen readers as a live region. */

import { signal } from "@preact/signals";
import { html } from "htm/preact";

const SHOWN_MS = 6000;

/** @typedef {{id: number, text: string, kind: "done" | "error", undo?: () => void}} Note */

/** @type {import("@preact/signals").Signal<Note[]>} */
const notes = signal(/** @type {Note[]} */ ([]));
let last = 0;

/**
 * @param {string} text
 * @param {{kind?: "done" | "error", undo?: () => void}} [more]
 */
export function announce(text, { kind = "done", undo } = {}) {
  last += 1;
  const note = { id: last, text, kind, undo };
  notes.value = [...notes.value.slice(-3), note];
  setTimeout(() => dismiss(note.id), kind === "error" ? SHOWN_MS * 2 : SHOWN_MS);
}

/** @param {unknown} error */
export function announceError(error) {
  announce(error instanceof Error ? error.message : String(error), { kind: "error" });
}

/** @param {number} id */
function dismiss(id) {
  notes.value = notes.value.filter((note) => note.id !== id);
}

/** Where notes stand. */
export function Announcer() {
  return html`<div class="notes" role="status" aria-live="polite">
    ${notes.value.map((note) => html`<div class=${`note note-${note.kind}`} key=${note.id}>
      <span>${note.text}</span>
      ${note.undo && html`<button class="link" onClick=${() => { note.undo?.(); dismiss(note.id); }}>Undo</button>`}
      <button class="quiet" aria-label="Dismiss" onClick=${() => dismiss(note.id)}>×</button>
    </div>`)}
  </div>`;
}
