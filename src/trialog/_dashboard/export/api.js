/** In a file there is no server: charts are answered from what was recorded. Stands for `data/api.js`. */

import { recordedChart } from "trialog/export/recorded.js";

const NO_SERVER = "This is a file: only the store it was made from can answer that.";

/** What a server would refuse; here nothing does. */
export class RequestError extends Error {}

/** @returns {Promise<never>} */
export async function getJson() {
  throw new Error(NO_SERVER);
}

/** @returns {Promise<never>} */
export async function postJson() {
  throw new Error(NO_SERVER);
}

/** @returns {Promise<never>} */
export async function request() {
  throw new Error(NO_SERVER);
}

/**
 * @param {string} _path
 * @param {{metric: string, x: string, y_scale: string}} body
 * @returns {Promise<ArrayBuffer>}
 */
export function postForBytes(_path, body) {
  return recordedChart(body);
}

/** @param {unknown} error */
export function isAborted(error) {
  return error instanceof DOMException && error.name === "AbortError";
}
