/** What is under way: requests and drawings. Tests wait for none; the bar shows some. */

import { signal } from "@preact/signals";

/** How many requests and drawings are not done yet. */
export const underWay = signal(0);

/**
 * Counts something as under way until it is done.
 * @template T
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
export async function during(work) {
  underWay.value = underWay.peek() + 1; // nobody who asks in an effect is to depend on it
  try {
    return await work;
  } finally {
    underWay.value = underWay.peek() - 1;
  }
}

/** @returns {boolean} */
export function isIdle() {
  return underWay.peek() === 0;
}

/**
 * Resolves once nothing has been under way for two frames.
 * @returns {Promise<void>}
 */
export async function untilIdle() {
  let quiet = 0;
  while (quiet < 3) {
    await new Promise((done) => requestAnimationFrame(() => done(undefined)));
    quiet = isIdle() ? quiet + 1 : 0;
  }
}
