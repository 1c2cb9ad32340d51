/** What the filter language asks of runs, as texts: names with quotes where they need them, and conditions put together. Pure. */

const WORDS = new Set(["and", "or", "not", "in", "is", "none", "null", "nil", "undefined", "true", "false"]);
// what Python keeps for itself; the language takes none of them as a bare name
const KEYWORDS = new Set(("as assert async await break class continue def del elif else except finally "
  + "for from global if import lambda nonlocal pass raise return try while with yield").split(" "));

/**
 * A text in quotes.
 * @param {string} text
 */
export function quoted(text) {
  const escaped = text.replace(/["\\]/g, (each) => `\\${each}`)
    .replace(/\n/g, "\\n").replace(/\r/g, "\\r").replace(/\t/g, "\\t")
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `"${escaped}"`;
}

/** @param {string} name */
function isPlain(name) {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) && !WORDS.has(name.toLowerCase()) && !KEYWORDS.has(name);
}

/**
 * How a measure of a metric is asked for, as `max("val/acc")`.
 * @param {string} measure
 * @param {string} name
 */
export function metricText(measure, name) {
  return `${measure}(${isPlain(name) ? name : quoted(name)})`;
}

/**
 * The condition that finds some runs by their ids.
 * @param {readonly string[]} ids
 */
export function idsFilter(ids) {
  return `id in [${ids.map(quoted).join(", ")}]`;
}

/**
 * Both conditions at once; an empty one says nothing.
 * @param {string} one
 * @param {string} other
 */
export function both(one, other) {
  if (!one.trim() || !other.trim()) {
    return one.trim() || other.trim();
  }
  return [one, other].map((each) => (/\bor\b/.test(each) ? `(${each})` : each)).join(" and ");
}

/**
 * The filter without the condition that a status chip put at its end, and that condition.
 * @param {string} where
 * @returns {{rest: string, chip: string}} chip: "" where there is none
 */
export function splitChip(where) {
  const text = where.trim();
  const found = /^(?:([\s\S]*) and )?(status == "[a-z]+"|deleted)$/.exec(text);
  if (!found || hasLooseOr(found[1] ?? "")) {
    return { rest: text, chip: "" };
  }
  const rest = (found[1] ?? "").trim();
  const inner = rest.startsWith("(") && rest.endsWith(")") ? rest.slice(1, -1) : "";
  return { rest: /\bor\b/.test(inner) && isBalanced(inner) ? inner.trim() : rest, chip: found[2] };
}

/** @param {string} text without what stands in quotes */
function unquoted(text) {
  return text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""');
}

/** Whether an "or" stands outside of all brackets. @param {string} text */
function hasLooseOr(text) {
  let left = unquoted(text);
  for (let before = ""; before !== left;) {
    before = left;
    left = left.replace(/\([^()[\]]*\)|\[[^()[\]]*\]/g, "0");
  }
  return /\bor\b/.test(left);
}

/** Whether no bracket is closed before it was opened. @param {string} text */
function isBalanced(text) {
  let depth = 0;
  for (const letter of unquoted(text)) {
    depth += letter === "(" ? 1 : letter === ")" ? -1 : 0;
    if (depth < 0) {
      return false;
    }
  }
  return depth === 0;
}

/**
 * The condition that something is a value; null where it is missing.
 * @param {string} operand
 * @param {string | number | boolean | null} value
 */
export function isValue(operand, value) {
  if (value === null) {
    return `${operand} is None`;
  }
  const written = typeof value === "string" ? quoted(value) : typeof value === "boolean" ? (value ? "True" : "False") : String(value);
  return operand === "tags" ? `${written} in tags` : `${operand} == ${written}`;
}

/**
 * The same runs in Python.
 * @param {string} project
 * @param {string} where
 * @param {string} sort
 */
export function pythonCall(project, where, sort) {
  const more = [["where", where], ["sort", sort]].filter(([, text]) => text).map(([name, text]) => `, ${name}=${pythonText(text)}`);
  return `trialog.runs(${pythonText(project)}${more.join("")})`;
}

/** @param {string} text */
function pythonText(text) {
  const quote = text.includes('"') && !text.includes("'") ? "'" : '"';
  return quote + text.replace(/\\/g, "\\\\").replaceAll(quote, `\\${quote}`).replace(/\n/g, "\\n") + quote;
}
