/** In a file there are no addresses: the page's state lives while it is open. Stands for `shell/router.js`. */

import { signal } from "@preact/signals";

import { parsePlace } from "trialog/logic/url.js";

/** @type {import("@preact/signals").Signal<import("trialog/logic/url.js").Place>} */
export const place = signal(parsePlace("/", ""));

/** There is one page. */
export function go() {}

/** @param {Record<string, string | null | undefined>} changes */
export function setState(changes) {
  const state = { ...place.value.state };
  for (const [key, value] of Object.entries(changes)) {
    if (value) {
      state[key] = value;
    } else {
      delete state[key];
    }
  }
  place.value = { ...place.value, state };
}
