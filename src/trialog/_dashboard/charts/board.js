/** What the charts of a page share: their look (the address's state), cursor, layout; and how these change. */

import { computed, signal } from "@preact/signals";

import { KEYS, formatWindow, lookOf } from "trialog/logic/chartstate.js";
import { formatLayout, parseLayout } from "trialog/logic/panels.js";
import { place, setState } from "trialog/shell/router.js";

const MOST_CHARACTERS = 1500; // of a layout in an address; longer ones stay in this browser
const KEPT = "kept";

/** @param {string} project */
const keptAt = (project) => `trialog.panels.${project}`;

/**
 * @typedef {ReturnType<typeof makeBoard>} Board
 */

/**
 * The board of a page of charts.
 * @param {import("trialog/charts/source.js").ChartSource} source
 */
export function makeBoard(source) {
  const stateText = computed(() => JSON.stringify(KEYS.map((key) => place.value.state[key] ?? "")));
  const look = computed(() => {
    const values = /** @type {string[]} */ (JSON.parse(stateText.value));
    return lookOf(Object.fromEntries(KEYS.map((key, at) => [key, values[at] || undefined])));
  });
  const layoutText = computed(() => place.value.state.panels ?? "");
  const layout = computed(() => {
    const text = layoutText.value;
    return parseLayout(text === KEPT ? localStorage.getItem(keptAt(source.project.value)) ?? "" : text);
  });
  return {
    source,
    look,
    layout,
    /** Which runs are drawn, and which above others: a text, so that it changes only when they do. */
    choice: computed(() => JSON.stringify([[...source.hidden.value], source.pinned.value])),
    search: computed(() => place.value.state.find ?? ""),
    /** Where the cursor of all charts is, on x; `from` is the chart that moves it. */
    cursor: signal(/** @type {{x: number, axis: string, from: string} | null} */ (null)),
    /** The panel that fills the screen; "" for none. */
    full: signal(""),

    /** @param {Record<string, string | null>} changes @param {boolean} [isSliding] */
    change(changes, isSliding = false) {
      setState(changes, { replace: isSliding });
    },

    /** @param {[number, number] | null} window @param {boolean} [isSliding] */
    zoom(window, isSliding = false) {
      setState({ w: formatWindow(window) }, { replace: isSliding });
    },

    /** @param {import("trialog/logic/panels.js").Layout} next @param {boolean} [isSliding] */
    setLayout(next, isSliding = false) {
      const text = formatLayout(next);
      if (text.length > MOST_CHARACTERS) {
        localStorage.setItem(keptAt(source.project.value), text);
        setState({ panels: null }, { replace: true });
        setState({ panels: KEPT }, { replace: true });
      } else {
        setState({ panels: text }, { replace: isSliding });
      }
    },
  };
}
