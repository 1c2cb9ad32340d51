/** Where the user is: the address is the state; back and forward undo and redo. */

import { signal } from "@preact/signals";

import { parsePlace, placeUrl } from "trialog/logic/url.js";

/** @type {import("@preact/signals").Signal<import("trialog/logic/url.js").Place>} */
export const place = signal(parsePlace("/", ""));

/** Follows the browser's buttons and every link to a page of ours. */
export function startRouter() {
  place.value = parsePlace(location.pathname, location.search);
  addEventListener("popstate", () => {
    place.value = parsePlace(location.pathname, location.search);
  });
  document.addEventListener("click", followLink);
}

/**
 * Goes to another page.
 * @param {string} path
 * @param {Record<string, string | null | undefined>} [state]
 */
export function go(path, state = {}) {
  const from = location.pathname;
  history.pushState(null, "", placeUrl(path, state));
  place.value = parsePlace(location.pathname, location.search);
  if (location.pathname !== from) {
    scrollTo(0, 0);
    document.getElementById("main")?.focus({ preventScroll: true });
  }
}

/**
 * Changes some keys of this page's state; null or "" removes one.
 * @param {Record<string, string | null | undefined>} changes
 * @param {{replace?: boolean}} [how] replace: no step for the back button, as while a slider moves
 */
export function setState(changes, { replace = false } = {}) {
  const url = placeUrl(location.pathname, { ...place.value.state, ...changes });
  if (url === location.pathname + location.search) {
    return;
  }
  history[replace ? "replaceState" : "pushState"](null, "", url);
  place.value = parsePlace(location.pathname, location.search);
}

/** @param {MouseEvent} event */
function followLink(event) {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
    return;
  }
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute("download") || link.origin !== location.origin) {
    return;
  }
  if (/^\/(api|files|exports|assets)\//.test(link.pathname)) {
    return;
  }
  event.preventDefault();
  go(link.pathname, Object.fromEntries(new URLSearchParams(link.search)));
}
