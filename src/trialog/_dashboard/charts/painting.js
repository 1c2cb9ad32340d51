/** Drawing one chart after another, a task each, so that the page answers in between. */

import { during } from "trialog/data/activity.js";

/** @type {Map<object, () => void>} */
const waiting = new Map();
const channel = new MessageChannel();
/** @type {((value?: unknown) => void) | null} */
let done = null;

channel.port1.onmessage = () => {
  const next = waiting.entries().next();
  if (!next.done) {
    const [owner, draw] = next.value;
    waiting.delete(owner);
    draw();
  }
  if (waiting.size) {
    channel.port2.postMessage(null);
  } else {
    done?.();
    done = null;
  }
};

/**
 * Draws soon; what the same owner wanted to draw before is forgotten.
 * @param {object} owner
 * @param {() => void} draw
 */
export function paintSoon(owner, draw) {
  const isIdle = waiting.size === 0;
  waiting.set(owner, draw);
  if (isIdle) {
    if (!done) {
      void during(new Promise((resolve) => { done = resolve; }));
    }
    channel.port2.postMessage(null);
  }
}

/** @param {object} owner whose drawing is not wanted any more */
export function forgetPainting(owner) {
  if (waiting.delete(owner) && !waiting.size) {
    done?.();
    done = null;
  }
}
