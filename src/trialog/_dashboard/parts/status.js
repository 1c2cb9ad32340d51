/** The status of a run: icon, word and colour, never colour alone. */

import { html } from "htm/preact";

import { Icon } from "trialog/parts/icons.js";

/** @param {{status: string, reason?: string | null, isShort?: boolean}} props */
export function StatusBadge({ status, reason = null, isShort = false }) {
  const word = status.toLowerCase();
  return html`<span class=${`status status-${word}`} title=${reason ? `${word}: ${reason}` : word} data-status=${status}>
    <${Icon} name=${word} /><span class=${isShort ? "unseen" : ""}>${word}</span>
  </span>`;
}
