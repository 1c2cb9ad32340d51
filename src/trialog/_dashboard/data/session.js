/** The token that lets this page in: given once in the address, then kept by the browser. */

import { signal } from "@preact/signals";

const KEY = "trialog.token";

/** @type {import("@preact/signals").Signal<string>} */
export const token = signal("");

/** Whether the server has refused the token. */
export const isRefused = signal(false);

/** Takes the token out of `#token=…`, so that it stands in no history and no shared link. */
export function takeToken() {
  const given = /^#token=([\w-]+)$/.exec(location.hash);
  if (given) {
    keepToken(given[1]);
    history.replaceState(history.state, "", location.pathname + location.search);
  } else {
    token.value = localStorage.getItem(KEY) ?? "";
  }
}

/** @param {string} text */
export function keepToken(text) {
  token.value = text;
  isRefused.value = false;
  localStorage.setItem(KEY, text);
}
