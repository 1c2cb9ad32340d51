/** What the page has asked for before its modules were there (`early.js`), to who asks for it first. */

/**
 * @typedef {{path: string, body: string | undefined, answer: Promise<Response>, found: unknown}} Early
 *   found: the answer's JSON; undefined as long as it is not there
 */

/** @returns {Early[]} */
function waiting() {
  return /** @type {{__early?: Early[]}} */ (/** @type {unknown} */ (window)).__early ?? [];
}

/**
 * The answer, on its way or there; null where nobody has asked for it.
 * @param {string} path
 * @param {string | undefined} body
 * @returns {Promise<Response> | null}
 */
export function takeEarly(path, body) {
  const at = waiting().findIndex((early) => early.path === path && early.body === body);
  return at < 0 ? null : waiting().splice(at, 1)[0].answer;
}

/**
 * What the answer holds, where it is there already: then it can be shown in the first frame.
 * @param {string} path
 * @param {unknown} [body]
 * @returns {any} undefined where it is not
 */
export function takeFound(path, body) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const at = waiting().findIndex((early) => early.path === path && early.body === text && early.found !== undefined);
  return at < 0 ? undefined : waiting().splice(at, 1)[0].found;
}
