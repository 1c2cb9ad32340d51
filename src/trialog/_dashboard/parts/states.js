/** What stands where there is nothing to see: yet, at all, or because something failed. */

import { html } from "htm/preact";

/** @param {{what: string}} props */
export function Waiting({ what }) {
  return html`<div class="state" data-state="loading"><span class="spinner" aria-hidden="true"></span><span>Loading ${what} …</span></div>`;
}

/** @param {{error: unknown, again?: () => void}} props */
export function Failure({ error, again }) {
  const message = error instanceof Error ? error.message : String(error);
  return html`<div class="state" data-state="error" role="alert">
    <strong>That did not work.</strong><span>${message}</span>
    ${again && html`<button onClick=${again}>Try again</button>`}
  </div>`;
}

/** @param {{title: string, children?: unknown}} props */
export function Empty({ title, children }) {
  return html`<div class="state" data-state="empty"><strong>${title}</strong>${children}</div>`;
}
