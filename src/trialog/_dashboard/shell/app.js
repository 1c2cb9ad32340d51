/** The frame of every page: the bar above, the page below, loaded when it is first shown. */

import { signal } from "@preact/signals";
import { html } from "htm/preact";
import { useLayoutEffect } from "preact/hooks";

import { during } from "trialog/data/activity.js";
import { isRefused } from "trialog/data/session.js";
import { Announcer } from "trialog/shell/announcer.js";
import { Bar } from "trialog/shell/bar.js";
import { place } from "trialog/shell/router.js";
import { SignIn } from "trialog/shell/signin.js";
import { Failure, Waiting } from "trialog/parts/states.js";

/** @typedef {() => Promise<{Page: () => unknown}>} Loader */

/** @type {Record<import("trialog/logic/url.js").PageName, Loader>} */
const LOADERS = {
  home: () => import("trialog/pages/home/page.js"),
  project: () => import("trialog/pages/project/page.js"),
  compare: () => import("trialog/pages/compare/page.js"),
  sweep: () => import("trialog/pages/sweep/page.js"),
  run: () => import("trialog/pages/run/page.js"),
  missing: () => import("trialog/pages/missing.js"),
};

/** @type {import("@preact/signals").Signal<Record<string, () => unknown>>} */
const loaded = signal(/** @type {Record<string, () => unknown>} */ ({}));
/** @type {import("@preact/signals").Signal<unknown>} */
const failure = signal(/** @type {unknown} */ (null));

/** The dashboard. */
export function App() {
  const { page } = place.value;
  useLayoutEffect(() => {
    if (!loaded.value[page]) {
      failure.value = null;
      void during(LOADERS[page]().then(
        (module) => { loaded.value = { ...loaded.value, [page]: module.Page }; },
        (error) => { failure.value = error; },
      ));
    }
  }, [page]);
  if (isRefused.value) {
    return html`<${SignIn} />`;
  }
  const Page = loaded.value[page];
  return html`
    <a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
    <${Bar} />
    <main id="main" tabindex="-1" data-page=${page}>
      ${Page ? html`<${Page} />` : failure.value ? html`<${Failure} error=${failure.value} again=${() => location.reload()} />` : html`<${Waiting} what="the page" />`}
    </main>
    <${Announcer} />`;
}

/** @param {Event} event */
function skip(event) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
