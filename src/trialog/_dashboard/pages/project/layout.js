/** The table's measures and places that its parts share: cells' ids, frozen columns, widths while they are dragged. */

import { signal } from "@preact/signals";

export const ROW = 30;
export const HEAD = 34;
/** Columns before those that were chosen: the tick, the line, the name. */
export const LEADING = 3;
export const LEADING_WIDTHS = [30, 36];
export const NAME_WIDTH = innerWidth < 720 ? 150 : 210;

/** The width of a column that is being dragged; not in the address until it is let go. */
export const dragged = signal(/** @type {{text: string, width: number} | null} */ (null));

/** @param {string} text @param {number} width */
export const widthNow = (text, width) => (dragged.value?.text === text ? dragged.value.width : width);

/** @param {number} line @param {number} column */
export const cellId = (line, column) => `cell-${line}-${column}`;

/**
 * The style of a cell that stays in sight; none for others.
 * @param {number} column
 * @param {boolean} isFrozen
 */
export const frozenStyle = (column, isFrozen) => (isFrozen ? { left: `var(--freeze-${column})` } : undefined);
