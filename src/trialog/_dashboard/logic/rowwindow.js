/** Which rows and columns of a large table are on the screen, and which pages of it they need. Pure. */

/** Rows that are asked for at once. */
export const PAGE_ROWS = 100;

/**
 * The rows to draw: what is seen and some more on both sides, in steps, so that few pixels of scrolling draw nothing anew.
 * @param {{top: number, height: number, row: number, count: number, more?: number, step?: number}} seen pixels, rows
 * @returns {{first: number, end: number, slots: number}} from `first` up to `end`; slots: how many there are at most at this height
 */
export function rowWindow({ top, height, row, count, more = 8, step = 8 }) {
  const slots = (Math.ceil(height / row / step) + 1) * step + 2 * more;
  const from = Math.floor(Math.max(0, top) / row / step) * step - more;
  const end = Math.max(0, Math.min(count, from + slots));
  return { first: Math.max(0, Math.min(from, end)), end, slots };
}

/**
 * The pages that some rows stand on.
 * @param {number} first
 * @param {number} end
 * @returns {number[]}
 */
export function pagesOf(first, end) {
  const pages = [];
  for (let page = Math.floor(first / PAGE_ROWS); page * PAGE_ROWS < end; page += 1) {
    pages.push(page);
  }
  return pages;
}

/**
 * Where to scroll so that a row is seen whole.
 * @param {{place: number, top: number, height: number, row: number}} wish height: of what is seen of rows
 */
export function scrollTo({ place, top, height, row }) {
  if (place * row < top) {
    return place * row;
  }
  return (place + 1) * row > top + height ? (place + 1) * row - height : top;
}

/**
 * The columns to draw: those that stay, what is seen, and some more on both sides.
 * @param {{left: number, width: number, widths: readonly number[], staying: number, more?: number}} seen pixels; staying: so many of the first never scroll away
 * @returns {{from: number, to: number, skipped: number}} beside the staying ones `from` up to `to`; skipped: the width of those between
 */
export function columnWindow({ left, width, widths, staying, more = 160 }) {
  const fixed = sum(widths, 0, staying);
  let from = staying;
  let skipped = 0;
  while (from < widths.length && fixed + skipped + widths[from] < fixed + left - more) {
    skipped += widths[from];
    from += 1;
  }
  let to = from;
  for (let at = fixed + skipped; to < widths.length && at < left + width + more; to += 1) {
    at += widths[to];
  }
  return { from, to, skipped };
}

/**
 * Where to scroll sideways so that a column is seen whole, if there is room.
 * @param {{column: number, left: number, width: number, widths: readonly number[], staying: number}} wish
 */
export function scrollAcross({ column, left, width, widths, staying }) {
  if (column < staying) {
    return left;
  }
  const [fixed, start] = [sum(widths, 0, staying), sum(widths, 0, column)];
  const most = Math.max(left, start + widths[column] - width);
  return Math.min(most, start - fixed);
}

/** @param {readonly number[]} widths @param {number} from @param {number} to */
function sum(widths, from, to) {
  return widths.slice(from, to).reduce((total, each) => total + each, 0);
}
