/**
 * What changes in the store, as it changes: one stream for all tabs of the browser.
 *
 * The tab that holds the lock listens to the server and tells the others; a hidden tab gives the lock away.
 */

import { effect, signal } from "@preact/signals";

import { request } from "trialog/data/api.js";
import { isRefused } from "trialog/data/session.js";
import { EventReader, pauseAfter } from "trialog/logic/eventstream.js";

const LOCK = "trialog.events";
const PAUSED = "trialog.paused";
const HIDDEN_MS = 5000; // so long may a tab be hidden before it stops

/**
 * @typedef {{id: string, points: number, is_new: boolean, has_ended: boolean}} RunNews
 * @typedef {{project: string, runs: RunNews[], metrics: Record<string, number> | null, is_other: boolean}} News
 * @typedef {"starting" | "live" | "paused" | "offline"} Liveness
 */

/** The latest news; null at first. `news` is null where some may have been missed: then anything may have changed. */
export const changes = signal(/** @type {{number: number, news: News | null} | null} */ (null));
/** Whether news come in. */
export const liveness = signal(/** @type {Liveness} */ ("starting"));
/** Whether the user wants none. */
export const isPaused = signal(localStorage.getItem(PAUSED) === "yes");

/** @type {BroadcastChannel | null} */
let channel = null;
/** @type {AbortController | null} */
let listening = null;
let hasMissed = false;
let leads = false; // whether this tab is the one that listens to the server

/** Listens for as long as the page is there. */
export function startEvents() {
  channel = new BroadcastChannel(LOCK);
  channel.onmessage = ({ data }) => take(data);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let hiding;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hiding);
    if (document.hidden) {
      hiding = setTimeout(stop, HIDDEN_MS);
    } else {
      listen();
    }
  });
  effect(() => {
    if (isPaused.value || isRefused.value) {
      stop();
      liveness.value = "paused";
    } else if (!document.hidden) {
      listen();
    }
  });
}

/** @param {boolean} wanted */
export function setPaused(wanted) {
  isPaused.value = wanted;
  localStorage.setItem(PAUSED, wanted ? "yes" : "no");
}

function stop() {
  if (listening) {
    listening.abort();
    listening = null;
    hasMissed = true;
  }
}

function listen() {
  if (listening || isPaused.peek() || isRefused.peek()) {
    return;
  }
  const control = new AbortController();
  listening = control;
  if (liveness.peek() === "paused") {
    liveness.value = "starting";
  }
  if (hasMissed) {
    hasMissed = false;
    tell({ kind: "missed" });
  }
  channel?.postMessage({ kind: "ask" });
  navigator.locks.request(LOCK, { signal: control.signal }, () => lead(control.signal)).catch(() => undefined); // not wanted any more
}

/** Listens to the server, again and again, until somebody else is to do so. @param {AbortSignal} abort */
async function lead(abort) {
  let failures = 0;
  leads = true;
  abort.addEventListener("abort", () => { leads = false; }, { once: true });
  while (!abort.aborted) {
    try {
      const answer = await request("GET", "/events", undefined, abort);
      if (failures) {
        spread({ kind: "missed" });
      }
      failures = 0;
      spread({ kind: "live" });
      await read(/** @type {ReadableStream<Uint8Array>} */ (answer.body));
    } catch {
      if (abort.aborted || isRefused.peek()) {
        return;
      }
    }
    failures += 1;
    if (failures > 1) { // an ended stream alone may only mean that a proxy is tired of it
      spread({ kind: "offline" });
    }
    await pause(pauseAfter(failures - 1, Math.random()), abort);
  }
}

/** @param {ReadableStream<Uint8Array>} body */
async function read(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const events = new EventReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    for (const { kind, data } of events.push(decoder.decode(value, { stream: true }))) {
      if (kind === "change") {
        spread({ kind: "news", news: JSON.parse(data) });
      }
    }
  }
}

/** @param {number} milliseconds @param {AbortSignal} abort @returns {Promise<void>} */
function pause(milliseconds, abort) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    abort.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}

/** @typedef {{kind: "news", news: News} | {kind: "missed" | "live" | "offline" | "ask"}} Message */

/** Tells this tab and all others. @param {Message} message */
function spread(message) {
  tell(message);
  channel?.postMessage(message);
}

/** What another tab says. @param {Message} message */
function take(message) {
  if (message.kind === "ask") {
    if (leads) {
      channel?.postMessage({ kind: liveness.peek() === "offline" ? "offline" : "live" });
    }
  } else if (listening) {
    tell(message);
  }
}

/** @param {Message} message */
function tell(message) {
  if (message.kind === "live" || message.kind === "offline") {
    liveness.value = isPaused.peek() ? "paused" : message.kind;
  } else if (message.kind !== "ask") {
    changes.value = { number: (changes.peek()?.number ?? 0) + 1, news: message.kind === "news" ? message.news : null };
  }
}
