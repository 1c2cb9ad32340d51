/** Tables as CSV. Pure. */

/**
 * Rows as CSV (RFC 4180), numbers whole; a text that a spreadsheet would reckon with gets an apostrophe before it.
 * @param {readonly (readonly unknown[])[]} rows
 */
export function csvText(rows) {
  return rows.map((row) => row.map(csvCell).join(",")).join("\r\n") + "\r\n";
}

/** @param {unknown} value */
function csvCell(value) {
  const text = value === null || value === undefined ? "" : Array.isArray(value) ? value.join(" ") : String(value);
  const safe = typeof value === "string" && /^[=+@\t\r]|^-(?!(\d|Infinity))/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
