/** Colours of lines: told apart by colour-blind eyes, on light and on dark; after eight, by dashes too. Pure. */

// Okabe and Ito's eight ("Color Universal Design", 2008), darkened or lightened to 3:1 against the page.
const LIGHT = ["#0072b2", "#d55e00", "#00825f", "#b8528f", "#8a6d00", "#2b7fb8", "#4b4e54", "#8c3b00"];
const DARK = ["#56b4e9", "#e69f00", "#2fc08f", "#e58fc2", "#f0e442", "#f0803c", "#c4c7cc", "#7f9cff"];
/** @type {readonly (readonly number[])[]} */
const DASHES = [[], [6, 3], [2, 3], [10, 3, 2, 3]];

/**
 * @param {number} place of the line, in the order lines are shown
 * @param {boolean} isDark
 * @returns {{colour: string, dash: readonly number[]}}
 */
export function lineStyle(place, isDark) {
  const colours = isDark ? DARK : LIGHT;
  return { colour: colours[place % colours.length], dash: DASHES[Math.floor(place / colours.length) % DASHES.length] };
}

/**
 * The same colour, letting through what is behind.
 * @param {string} colour as `#rrggbb`
 * @param {number} opacity 0 to 1
 */
export function faded(colour, opacity) {
  return colour + Math.round(opacity * 255).toString(16).padStart(2, "0");
}

// Cividis (Nuñez, Anderton, Renslow 2018), sampled: even for every kind of eye, and in grey.
const CIVIDIS = [[0, 34, 78], [18, 53, 112], [59, 73, 108], [87, 93, 109], [112, 113, 115], [138, 134, 120], [165, 156, 116], [195, 179, 105], [225, 204, 85], [254, 232, 56]];

/**
 * A colour for a value on a scale from 0 to 1.
 * @param {number} share
 * @param {boolean} isDark there the scale begins a little lighter, so that its dark end is seen
 */
export function scaleColour(share, isDark) {
  const from = isDark ? 0.18 : 0;
  const at = (from + Math.min(1, Math.max(0, share)) * ((isDark ? 1 : 0.93) - from)) * (CIVIDIS.length - 1);
  const low = Math.min(CIVIDIS.length - 2, Math.floor(at));
  const parts = CIVIDIS[low].map((each, place) => Math.round(each + (CIVIDIS[low + 1][place] - each) * (at - low)));
  return `#${parts.map((each) => each.toString(16).padStart(2, "0")).join("")}`;
}
