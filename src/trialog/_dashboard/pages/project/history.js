/** Filters that were applied before in a project, kept by the browser. */

import { computed, signal } from "@preact/signals";

import { selection } from "trialog/pages/project/selection.js";

const KEY = "trialog.filters";
const MOST = 12;

/** @type {import("@preact/signals").Signal<Record<string, string[]>>} */
const kept = signal(read());

/** Of the project that is shown, the newest first. */
export const filterHistory = computed(() => kept.value[selection.project.value] ?? []);

/** @param {string} project @param {string} where */
export function keepFilter(project, where) {
  if (!where) {
    return;
  }
  const others = (kept.value[project] ?? []).filter((each) => each !== where);
  kept.value = { ...kept.value, [project]: [where, ...others].slice(0, MOST) };
  localStorage.setItem(KEY, JSON.stringify(kept.value));
}

/** @returns {Record<string, string[]>} */
function read() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return typeof found === "object" && found !== null ? found : {};
  } catch {
    return {};
  }
}
