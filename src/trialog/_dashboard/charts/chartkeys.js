/** What a chart answers to, as the dialog of keys lists it; `plot.js` and `card.js` act on them. */

/** @type {import("trialog/shell/keyboard.js").KeyNotes} */
export const CHART_KEYS = {
  title: "On a chart",
  keys: [
    ["← →", "The value before, the next one; with Shift, ten further"],
    ["Home End", "The first value, the last one"],
    ["[ ]", "The line before, the next one"],
    ["+ −", "Zoom in, zoom out"],
    [", .", "Pan to the left, to the right"],
    ["Enter", "Pin the run of the line"],
    ["Esc", "Leave the line; once more: all of both axes"],
    ["f", "Full screen, and back"],
    ["drag", "Zoom into x, into y or into both"],
    ["Shift drag", "Pan"],
    ["click", "Pin the run of the line"],
    ["double click", "All of both axes"],
  ],
};
