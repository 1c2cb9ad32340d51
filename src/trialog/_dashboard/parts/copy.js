/** A button that copies a text. */

import { html } from "htm/preact";
import { useState } from "preact/hooks";

import { Icon } from "trialog/parts/icons.js";
import { announce, announceError } from "trialog/shell/announcer.js";

const TOLD_MS = 1500;

/**
 * Copies a text, and tells that it did.
 * @param {string} text
 * @param {string} what is copied
 */
export async function copyText(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    announce(`Copied ${what}.`);
  } catch (error) {
    announceError(error);
  }
}

/** @param {{text: string, what: string, children?: unknown}} props what: is copied, as "the id" */
export function CopyButton({ text, what, children }) {
  const [isTold, setTold] = useState(false);
  const copy = async () => {
    await copyText(text, what);
    setTold(true);
    setTimeout(() => setTold(false), TOLD_MS);
  };
  return html`<button class="quiet copy" aria-label=${`Copy ${what}`} title=${`Copy ${what}`} onClick=${copy}>
    ${children}<${Icon} name=${isTold ? "check" : "copy"} /></button>`;
}
