/** The marks on a chart's border: where their values were logged, which of them are written, and on which side. Pure. */

const ROUNDED = 1e-6; // so far, at most, a drawn value is from the one that was logged

const MOST = 6; // with more marks, only the greatest and the lowest value are written
const HALF_PX = 5; // of a mark
const APART_PX = 4; // between words

export const BESIDE_PX = 7; // from a mark to its words

/**
 * @typedef {{at: number, value: number, isAbove: boolean, width: number}} Mark at: where on x, width: of its words; both in pixels
 * @typedef {1 | -1 | 0} Side right of the mark, left of it, nowhere
 */

/**
 * Where a value of a line was logged, if it is the line's extreme; null where nobody has said so.
 * @param {Record<string, number>} facts of the line
 * @param {number} value as it is drawn
 * @param {boolean} isGreatest whether it may be the greatest, not the least
 */
export function loggedAt(facts, value, isGreatest) {
  const extreme = isGreatest ? facts.max : facts.min;
  const at = isGreatest ? facts.max_x : facts.min_x;
  return Math.abs(value - extreme) <= ROUNDED * Math.abs(extreme) && Number.isFinite(at) ? at : null;
}

/**
 * Where the words of marks stand. At each border the value that is furthest out comes first: it has its words even where
 * they cover other marks, and is never left out for a nearer one.
 * @param {readonly Mark[]} marks
 * @param {{left: number, right: number}} frame
 * @returns {Side[]}
 */
export function sidesOf(marks, frame) {
  /** @type {Side[]} */
  const sides = marks.map(() => 0);
  for (const isAbove of [true, false]) {
    const outward = isAbove ? 1 : -1;
    const own = marks.map((mark, place) => ({ ...mark, place })).filter((mark) => mark.isAbove === isAbove)
      .sort((a, b) => (b.value - a.value) * outward);
    /** @type {[number, number][]} */
    const taken = [];
    own.slice(0, marks.length > MOST ? 1 : own.length).forEach(({ at, width, place }, rank) => {
      const spans = /** @type {const} */ ([[1, at + BESIDE_PX], [-1, at - BESIDE_PX - width]]).filter(([, from]) => from >= frame.left
        && from + width <= frame.right && taken.every(([lo, hi]) => from > hi + APART_PX || from + width < lo - APART_PX));
      const bare = spans.find(([, from]) => own.every((other) => other.place === place || other.at + HALF_PX < from || other.at - HALF_PX > from + width));
      const chosen = bare ?? (rank === 0 ? spans[0] : undefined);
      if (chosen) {
        sides[place] = chosen[0];
        taken.push([chosen[1], chosen[1] + width]);
      }
    });
  }
  return sides;
}
