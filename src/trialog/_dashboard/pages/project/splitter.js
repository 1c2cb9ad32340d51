/** The line between table and charts, moved by the pointer or by arrow keys. */

import { computed, signal } from "@preact/signals";
import { html } from "htm/preact";

import { fittingRail } from "trialog/logic/columns.js";
import { place, setState } from "trialog/shell/router.js";

const LEAST = 220;
const STEP = 24;

const dragged = signal(/** @type {number | null} */ (null));
const windowWidth = signal(innerWidth);
addEventListener("resize", () => { windowWidth.value = innerWidth; });
const kept = computed(() => Number.parseInt(place.value.state.rail ?? "", 10) || fittingRail(windowWidth.value));
/** How wide the table is beside the charts, in pixels. */
export const railWidth = computed(() => dragged.value ?? kept.value);

/** @param {number} width */
const clamp = (width) => Math.round(Math.max(LEAST, Math.min(innerWidth - LEAST, width)));

/** The line. */
export function Splitter() {
  return html`<div class="splitter" role="separator" tabindex="0" aria-orientation="vertical" aria-label="Width of the table" aria-valuenow=${railWidth.value}
    aria-valuemin=${LEAST} aria-valuemax=${Math.max(LEAST, innerWidth - LEAST)} onPointerDown=${drag} onKeyDown=${onKey} onDblClick=${() => setState({ rail: "" }, { replace: true })}></div>`;
}

/** @param {PointerEvent} down */
function drag(down) {
  const line = /** @type {HTMLElement} */ (down.currentTarget);
  const from = railWidth.peek();
  line.setPointerCapture(down.pointerId);
  const move = (/** @type {PointerEvent} */ event) => { dragged.value = clamp(from + event.clientX - down.clientX); };
  const end = () => {
    line.removeEventListener("pointermove", move);
    line.removeEventListener("lostpointercapture", end);
    if (dragged.value !== null) {
      setState({ rail: String(dragged.value) }, { replace: true });
      dragged.value = null;
    }
  };
  line.addEventListener("pointermove", move);
  line.addEventListener("lostpointercapture", end);
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const by = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
  if (by) {
    event.preventDefault();
    setState({ rail: String(clamp(railWidth.value + by)) }, { replace: true });
  }
}
