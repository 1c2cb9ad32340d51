/** Which lines of a very long text are on the screen. Browsers bound how high an element is, so beyond that scrolling is scaled. Pure. */

const MOST_PX = 8_000_000;
const MORE = 20;

/**
 * @typedef {{total: number, row: number, view: number}} Sizes total: lines; row, view: heights in pixels
 */

/**
 * How high the element is that holds all lines.
 * @param {Sizes} sizes
 */
export function wholeHeight({ total, row, view }) {
  return Math.max(view, Math.min(total * row, MOST_PX));
}

/**
 * The lines to draw, and where the first of them stands in the whole.
 * @param {Sizes} sizes
 * @param {number} top how far it is scrolled
 * @returns {{first: number, end: number, offset: number}}
 */
export function lineWindow(sizes, top) {
  const { total, row, view } = sizes;
  const at = shift(sizes, top);
  const first = Math.max(0, Math.floor(at / row) - MORE);
  const end = Math.min(total, Math.ceil((at + view) / row) + MORE);
  return { first: Math.min(first, end), end, offset: Math.round(top + first * row - at) };
}

/**
 * How far to scroll so that a line stands in the middle.
 * @param {Sizes} sizes
 * @param {number} line
 */
export function topOfLine(sizes, line) {
  const { total, row, view } = sizes;
  const whole = total * row;
  const wanted = Math.max(0, Math.min(line * row - (view - row) / 2, whole - view));
  const high = wholeHeight(sizes);
  return high >= whole ? wanted : (wanted * (high - view)) / (whole - view);
}

/**
 * The pixels that are scrolled over, were the element as high as its lines.
 * @param {Sizes} sizes
 * @param {number} top
 */
function shift(sizes, top) {
  const { total, row, view } = sizes;
  const whole = total * row;
  const high = wholeHeight(sizes);
  return high >= whole ? top : (Math.min(top, high - view) * (whole - view)) / (high - view);
}
