/** Where the token is missing or wrong. */

import { signal } from "@preact/signals";
import { html } from "htm/preact";

import { keepToken } from "trialog/data/session.js";

const given = signal("");

/** Asks for the address that the terminal shows. */
export function SignIn() {
  return html`<main id="main" class="signin" tabindex="-1">
    <h1>This dashboard is yours alone</h1>
    <p>Open the address that <code>trialog ui</code> printed, or paste it here.</p>
    <form onSubmit=${enter}>
      <label for="token">Address or token</label>
      <input id="token" autocomplete="off" spellcheck=${false} value=${given.value}
        onInput=${(/** @type {InputEvent} */ event) => { given.value = /** @type {HTMLInputElement} */ (event.target).value; }} />
      <button class="primary" type="submit">Enter</button>
    </form>
  </main>`;
}

/** @param {Event} event */
function enter(event) {
  event.preventDefault();
  const found = /(?:#token=)?([\w-]+)\s*$/.exec(given.value);
  if (found) {
    keepToken(found[1]);
    location.reload();
  }
}
