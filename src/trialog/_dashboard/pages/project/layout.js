/** The table's measures and places that its parts share: cells' ids, frozen columns, widths while they are dragged. */

import { signal } from "@preact/signals";

export const ROW = 30;
export const HEAD = 34;
/** Columns before those that were chosen: the tick, the line, the name. */
export const LEADING = 3;
export const LEADING_WIDTHS = [30, 36];
export const NAME_WIDTH = innerWidth < 720 ? 150 : 180;

/** The width of a column that is being dragged; not in the address until it is let go. */
export const dragged = signal(/** @type {{text: string, width: number} | null} */ (null));

/** @param {string} text @param {number} width */
export const widthNow = (text, width) => (dragged.value?.text === text ? dragged.value.width : width);

/** @param {number} line @param {number} column */
export const cellId = (line, column) => `cell-${line}-${column}`;

/**
 * A column that is drawn.
 * @typedef {import("trialog/pages/project/wishes.js").ShownColumn & {place: number, start: number}} PlacedColumn
 *   place: among all columns; start: where it stands in the row's grid, 0 for beside the one before
 */

/**
 * The style of a cell that stays in sight, or that follows columns which are not drawn; none for others.
 * @param {number} column
 * @param {boolean} isFrozen
 * @param {number} [start]
 */
export function cellStyle(column, isFrozen, start = 0) {
  if (isFrozen) {
    return { left: `var(--freeze-${column})` };
  }
  return start ? { gridColumnStart: start } : undefined;
}
