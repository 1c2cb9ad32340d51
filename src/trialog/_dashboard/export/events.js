/** In a file nothing changes any more. Stands for `data/events.js`. */

import { signal } from "@preact/signals";

/** @type {import("@preact/signals").Signal<{number: number, news: null} | null>} */
export const changes = signal(/** @type {{number: number, news: null} | null} */ (null));
