/** Pages of a document: which one is meant, how much room it takes, how large its picture is. Pure. */

const NARROWEST = 200;
const WIDEST = 2000;
const STEP = 200; // so that a page that is a little wider needs no other picture
const POINTS = /** @type {const} */ ([612, 792]); // of a page whose size is not known
const MOST = 4; // times as high as wide: what is higher is shown smaller

/**
 * The page that a text asks for: the nearest there is.
 * @param {string | undefined} text
 * @param {number} pages how many there are
 */
export function pageAsked(text, pages) {
  const page = Number.parseInt(text ?? "", 10);
  return Number.isNaN(page) ? 1 : Math.min(Math.max(1, page), Math.max(1, pages));
}

/**
 * How wide a page is to how high, as CSS takes it. A page whose size is not told is as the last one that is.
 * @param {readonly (readonly number[])[]} sizes of the first pages
 * @param {number} page from 1 on
 */
export function shapeOfPage(sizes, page) {
  const [width, height] = sizes[Math.min(page, sizes.length) - 1] ?? POINTS;
  return `${width} / ${Math.min(height, width * MOST)}`;
}

/**
 * How many pixels wide the picture of a page is.
 * @param {number} width of its place, in CSS pixels
 * @param {number} density device pixels in one of those
 */
export function widthOfPicture(width, density) {
  return Math.min(WIDEST, Math.max(NARROWEST, Math.ceil((width * density) / STEP) * STEP));
}
