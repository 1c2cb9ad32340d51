/** Requests to the server: JSON and bytes, with the token, and its refusals as errors. */

import { during } from "trialog/data/activity.js";
import { takeEarly } from "trialog/data/early.js";
import { isRefused, token } from "trialog/data/session.js";

const ROOT = "/api/v1";

/** A request that the server refused, or that did not reach it. */
export class RequestError extends Error {
  /**
   * @param {number} status 0 where the server was not reached
   * @param {{kind: string, message: string, start?: number|null, end?: number|null, suggestion?: string|null}} problem
   */
  constructor(status, problem) {
    super(problem.message);
    this.name = "RequestError";
    this.status = status;
    this.problem = problem;
  }
}

/**
 * @param {string} path within the API, as `/home`
 * @param {Record<string, string | number | boolean | null | undefined>} [query] what is null or undefined is left out
 * @param {AbortSignal} [abort]
 * @returns {Promise<any>}
 */
export async function getJson(path, query = {}, abort) {
  const answer = await request("GET", path + queryText(query), undefined, abort);
  return answer.json();
}

/**
 * @param {string} path
 * @param {Record<string, string | number | boolean | null | undefined>} [query]
 * @param {AbortSignal} [abort]
 * @returns {Promise<ArrayBuffer>}
 */
export async function getBytes(path, query = {}, abort) {
  const answer = await request("GET", path + queryText(query), undefined, abort);
  return answer.arrayBuffer();
}

/**
 * @param {string} path
 * @param {unknown} body
 * @param {AbortSignal} [abort]
 * @param {"POST" | "PUT" | "DELETE"} [method]
 * @returns {Promise<any>}
 */
export async function postJson(path, body, abort, method = "POST") {
  const answer = await request(method, path, body, abort);
  return answer.json();
}

/**
 * @param {string} path
 * @param {unknown} body
 * @param {AbortSignal} [abort]
 * @returns {Promise<ArrayBuffer>}
 */
export async function postForBytes(path, body, abort) {
  const answer = await request("POST", path, body, abort);
  return answer.arrayBuffer();
}

/**
 * The bare answer, for what comes in pieces.
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {AbortSignal} [abort]
 * @returns {Promise<Response>}
 */
export function request(method, path, body, abort) {
  return during(fetchChecked(method, path, body, abort));
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} body
 * @param {AbortSignal | undefined} abort
 */
async function fetchChecked(method, path, body, abort) {
  /** @type {Record<string, string>} */
  const headers = { authorization: `Bearer ${token.value}` };
  if (body !== undefined) {
    headers["content-type"] = "application/json";
  }
  const text = body === undefined ? undefined : JSON.stringify(body);
  let answer;
  try {
    answer = await (takeEarly(path, text) ?? fetch(ROOT + path, {
      method,
      headers,
      body: text,
      signal: abort,
    }));
    abort?.throwIfAborted();
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") {
      throw error;
    }
    throw new RequestError(0, { kind: "Unreachable", message: "The server does not answer. Is `trialog ui` still running?" });
  }
  if (answer.status === 401) {
    isRefused.value = true;
  }
  if (!answer.ok) {
    throw new RequestError(answer.status, await problemOf(answer));
  }
  return answer;
}

/** @param {Response} answer */
async function problemOf(answer) {
  try {
    return (await answer.json()).error;
  } catch {
    return { kind: "ServerError", message: `The server failed (${answer.status}); its terminal says why.` };
  }
}

/** @param {Record<string, string | number | boolean | null | undefined>} query */
function queryText(query) {
  const pairs = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const text = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
  return text ? `?${text}` : "";
}

/**
 * Whether an error only says that an answer is not wanted any more.
 * @param {unknown} error
 */
export function isAborted(error) {
  return error instanceof DOMException && error.name === "AbortError";
}
