/** Drawing charts with the next frame, as many in each as there is time for, so that the page answers in between. */

import { during } from "trialog/data/activity.js";

const FRAME_MS = 40; // a frame between any two charts would cost more than they do
const FRAME_VALUES = 120_000; // what is drawn costs again when the frame is made

/** @typedef {(spend: (values: number) => boolean) => boolean} Draw draws as long as it may spend more; whether there is more to draw */

/** @type {Map<object, Draw>} */
const waiting = new Map();
/** @type {((value?: unknown) => void) | null} */
let done = null;

function paint() {
  const end = performance.now() + FRAME_MS;
  let left = FRAME_VALUES;
  const spend = (/** @type {number} */ values) => {
    left -= values;
    return left > 0 && performance.now() < end;
  };
  for (const [owner, draw] of waiting) {
    let isMore = false;
    try {
      isMore = draw(spend);
    } catch (error) {
      reportError(error); // one that cannot be drawn holds no other up
    }
    if (!isMore && waiting.get(owner) === draw) {
      waiting.delete(owner);
    }
    if (!spend(0)) {
      break;
    }
  }
  if (waiting.size) {
    requestAnimationFrame(paint);
  } else {
    finish();
  }
}

function finish() {
  done?.();
  done = null;
}

/**
 * Draws soon; what the same owner wanted to draw before is forgotten.
 * @param {object} owner
 * @param {Draw} draw
 */
export function paintSoon(owner, draw) {
  waiting.set(owner, draw);
  if (!done) {
    void during(new Promise((resolve) => { done = resolve; }));
    requestAnimationFrame(paint);
  }
}

/** Whether anything is still to be drawn. */
export const isPainting = () => waiting.size > 0;

/** @param {object} owner whose drawing is not wanted any more */
export function forgetPainting(owner) {
  waiting.delete(owner);
}
