/** In the bar: whether what is shown follows the runs. */

import { html } from "htm/preact";

import { isPaused, liveness, setPaused } from "trialog/data/events.js";

const WORDS = /** @type {const} */ ({
  starting: ["connecting", "Connecting to the server"],
  live: ["live", "What is shown follows the runs; click to pause"],
  paused: ["paused", "What is shown does not change; click to follow the runs"],
  offline: ["offline", "The server does not answer; trying again"],
});

/** The button. */
export function Live() {
  const state = liveness.value;
  const [word, title] = WORDS[state];
  return html`<button class="quiet live" data-liveness=${state} data-testid="live" title=${title} aria-pressed=${isPaused.value}
    onClick=${() => setPaused(!isPaused.value)}><span class="live-dot" aria-hidden="true"></span>${word}</button>`;
}
