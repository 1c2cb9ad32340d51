/** What the project's charts are of: the page's selection, with the names that the overview knows. */

import { computed } from "@preact/signals";

import { overview } from "trialog/pages/project/overview.js";
import { selection, styleOf, togglePinned } from "trialog/pages/project/selection.js";

/** @type {import("trialog/charts/source.js").ChartSource} */
export const chartSource = { ...selection, metrics: computed(() => overview.value?.metrics ?? null), styleOf, togglePinned };
