/** What the file holds: the answers that a server gave when it was written. */

/**
 * @typedef {import("trialog/api.d.ts").TablePage} TablePage
 * @typedef {{title: string, project: string, where: string, written_ns: number, version: string, table: TablePage, metrics: string[],
 *   columns: number, left_out: string[], charts: Record<string, string>}} Recorded
 *   charts: by metric, axis and scale, compressed
 */

/** @type {Recorded | null} */
let found = null;

/** @returns {Recorded} */
export function recorded() {
  found ??= JSON.parse(document.getElementById("recorded")?.textContent ?? "null");
  if (!found) {
    throw new Error("this file is not whole: what was recorded is missing");
  }
  return found;
}

/**
 * The answer to a question for a chart.
 * @param {{metric: string, x: string, y_scale: string}} query
 * @returns {Promise<ArrayBuffer>}
 */
export async function recordedChart({ metric, x, y_scale: scale }) {
  const { charts } = recorded();
  const text = charts[JSON.stringify([metric, x, scale])] ?? charts[JSON.stringify([metric, x, "linear"])];
  if (!text) {
    throw new Error(`the file holds no curve of ${metric} over ${x}`);
  }
  const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}
