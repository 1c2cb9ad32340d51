/** What the server says of itself: asked once, when the page has nothing else to do. */

import { computed, signal } from "@preact/signals";

import { untilIdle } from "trialog/data/activity.js";
import { getJson } from "trialog/data/api.js";

/** @type {import("@preact/signals").Signal<import("trialog/api.d.ts").Server | null>} */
const server = signal(/** @type {import("trialog/api.d.ts").Server | null} */ (null));

/** Whether the server is known to take changes. */
export const mayChange = computed(() => server.value?.may_change === true);
/** Whether the server is known to refuse every change. */
export const isLookOnly = computed(() => server.value?.may_change === false);
/** Why it does. */
export const LOOK_ONLY = "Nothing is changed from here: the server was started with --look-only";

/** Asks. */
export async function askServer() {
  await untilIdle();
  try {
    server.value = await getJson("/server");
  } catch {
    // then nothing is hidden, and a change says itself that it is refused
  }
}
