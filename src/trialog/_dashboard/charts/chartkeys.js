/** What a chart answers to, as the dialog of keys lists it: its keys, then those that act elsewhere, and the pointer. */

import { PLOT_KEYS } from "trialog/charts/plotkeys.js";

/** @type {import("trialog/shell/keyboard.js").KeyNotes} */
export const CHART_KEYS = {
  title: "On a chart",
  keys: [
    ...PLOT_KEYS.map(({ keys, words }) => /** @type {const} */ ([keys, words])),
    ["f", "Full screen, and back"],
    ["drag", "Zoom into x, into y or into both"],
    ["Shift drag", "Pan"],
    ["click", "Pin the run of the line"],
    ["double click", "All of both axes"],
  ],
};
