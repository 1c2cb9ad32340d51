/** An address that leads nowhere. */

import { html } from "htm/preact";

import { Empty } from "trialog/parts/states.js";

/** The page. */
export function Page() {
  return html`<h1 class="unseen">No such page</h1><${Empty} title="There is no such page."><a href="/">All projects</a></${Empty}>`;
}
