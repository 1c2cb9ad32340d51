/** Places in a text: the server counts characters, the browser UTF-16 units. Pure. */

/**
 * Characters before a place that is counted in units.
 * @param {string} text
 * @param {number} units
 */
export function charactersBefore(text, units) {
  return [...text.slice(0, units)].length;
}

/**
 * Units before a place that is counted in characters.
 * @param {string} text
 * @param {number} characters
 */
export function unitsBefore(text, characters) {
  return [...text].slice(0, characters).join("").length;
}

/**
 * A text in three: before a part, the part, after it. An empty part at the end is given a place to stand in.
 * @param {string} text
 * @param {number} start in characters
 * @param {number} end
 * @returns {[string, string, string]}
 */
export function cutAt(text, start, end) {
  const [from, to] = [unitsBefore(text, start), unitsBefore(text, end)];
  return [text.slice(0, from), text.slice(from, to) || " ", text.slice(to)];
}
