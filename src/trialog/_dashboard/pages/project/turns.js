/** Whose turn it is: the charts are asked for and drawn first, for the server can work on them while the page does. */

import { isLoading } from "trialog/charts/loading.js";
import { isPainting } from "trialog/charts/painting.js";
import { overview, overviewError } from "trialog/pages/project/overview.js";
import { place } from "trialog/shell/router.js";

const LONGEST_MS = 150;
const STEP_MS = 8;

/**
 * Resolves when the table may be drawn: once the charts are, and soon in any case.
 * @returns {Promise<void>}
 */
export async function tablesTurn() {
  if (place.peek().state.view === "table") {
    return;
  }
  const end = performance.now() + LONGEST_MS;
  do {
    await new Promise((resolve) => { setTimeout(resolve, STEP_MS); }); // no frame: there are none of a hidden page
  } while (performance.now() < end && (isLoading() || isPainting() || !(overview.peek() || overviewError.peek())));
}
