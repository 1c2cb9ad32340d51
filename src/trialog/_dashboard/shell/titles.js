/** Names that the bar and the browser's tab show, told by the page that knows them. */

import { effect, signal } from "@preact/signals";

/** The name of the run that is shown. */
export const runTitle = signal("");

/** What the browser's tab says. */
export const documentTitle = signal("");

effect(() => {
  document.title = documentTitle.value ? `${documentTitle.value} · trialog` : "trialog";
});
