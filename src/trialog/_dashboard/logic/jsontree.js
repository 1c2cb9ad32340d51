/** JSON as a tree that is opened part by part; numbers keep their digits. Pure. */

/** A number that a double cannot hold, as it was written. */
class ExactNumber {
  /** @param {string} digits */
  constructor(digits) {
    this.digits = digits;
  }
}

/**
 * @param {string} text
 * @returns {unknown} integers beyond 2**53 are ExactNumber where the browser can tell their digits
 */
export function parseJson(text) {
  /** @type {(key: string, value: unknown, context?: {source?: string}) => unknown} */
  const exactly = (_, value, context) =>
    typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "")
      ? new ExactNumber(context?.source ?? "")
      : value;
  return JSON.parse(text, exactly);
}

/**
 * What a value is in one line.
 * @param {unknown} value
 * @returns {{kind: "object" | "array" | "text" | "number" | "word", text: string, size: number}} size: of what is in it
 */
export function jsonHead(value) {
  if (value instanceof ExactNumber) {
    return { kind: "number", text: value.digits, size: 0 };
  }
  if (Array.isArray(value)) {
    return { kind: "array", text: `${value.length} item${value.length === 1 ? "" : "s"}`, size: value.length };
  }
  if (value !== null && typeof value === "object") {
    const size = Object.keys(value).length;
    return { kind: "object", text: `${size} key${size === 1 ? "" : "s"}`, size };
  }
  if (typeof value === "string") {
    return { kind: "text", text: JSON.stringify(value), size: 0 };
  }
  return { kind: typeof value === "number" ? "number" : "word", text: String(value), size: 0 };
}

/**
 * Some of what is in an object or a list.
 * @param {unknown} value
 * @param {number} until only so many, the first ones
 * @returns {{key: string, value: unknown}[]}
 */
export function jsonEntries(value, until) {
  if (Array.isArray(value)) {
    return value.slice(0, until).map((each, at) => ({ key: String(at), value: each }));
  }
  if (value !== null && typeof value === "object" && !(value instanceof ExactNumber)) {
    return Object.entries(value).slice(0, until).map(([key, each]) => ({ key, value: each }));
  }
  return [];
}
