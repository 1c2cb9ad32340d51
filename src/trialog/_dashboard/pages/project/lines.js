/** The lines of the table below its head: pinned runs, then all runs in order, or groups with the runs of open ones. */

import { computed, signal } from "@preact/signals";

import { groupRuns, groupTable, openGroups } from "trialog/pages/project/groups.js";
import { book, chosenRows, rowAt } from "trialog/pages/project/rows.js";
import { selection } from "trialog/pages/project/selection.js";

/**
 * @typedef {import("trialog/pages/project/rows.js").Row} Row
 * @typedef {import("trialog/pages/project/groups.js").Group} Group
 * @typedef {{kind: "run", row: Row, place: number, level: number} | {kind: "group", group: Group, isOpen: boolean}
 *   | {kind: "more", group: Group, shown: number} | {kind: "waiting"}} Line place: in the order; -1 of one that stands apart
 */

/** Pinned runs that are known. */
const pinnedRows = computed(() => selection.pinned.value.map((id) => chosenRows.value.get(id)).filter((row) => row !== undefined));

/** Of groups, every line. */
const grouped = computed(() => {
  const found = /** @type {Line[]} */ ([]);
  for (const group of groupTable.value?.groups ?? []) {
    const isOpen = openGroups.value.has(group.where);
    found.push({ kind: "group", group, isOpen });
    const page = groupRuns.value.get(group.where);
    if (isOpen && page) {
      found.push(...page.ids.map((_, at) => /** @type {Line} */ ({ kind: "run", row: { page, at }, place: -1, level: 2 })));
      if (page.total > page.ids.length) {
        found.push({ kind: "more", group, shown: page.ids.length });
      }
    } else if (isOpen) {
      found.push({ kind: "waiting" });
    }
  }
  return found;
});

/** How many stand apart above the others, how many there are in all, and each. */
export const lines = computed(() => {
  const pinned = pinnedRows.value;
  const isGrouped = selection.group.value !== "";
  const rest = isGrouped ? grouped.value : null;
  const { total } = book.value;
  return {
    isGrouped,
    apart: pinned.length,
    count: pinned.length + (rest ? rest.length : total),
    /** @param {number} place @returns {Line} */
    at: (place) => {
      if (place < pinned.length) {
        return { kind: "run", row: pinned[place], place: -1, level: 1 };
      }
      const below = place - pinned.length;
      if (rest) {
        return rest[below] ?? { kind: "waiting" };
      }
      const row = rowAt(below);
      return row ? { kind: "run", row, place: below, level: 1 } : { kind: "waiting" };
    },
  };
});

/** The cell that the keyboard is at: line -1 is the head; column 0 ticks, 1 shows and hides, 2 is the name. */
export const active = signal({ line: 0, column: 2 });

/** The run of a line, or "". @param {number} line */
export function idOf(line) {
  const found = line >= 0 && line < lines.value.count ? lines.value.at(line) : null;
  return found?.kind === "run" ? found.row.page.ids[found.row.at] : "";
}
