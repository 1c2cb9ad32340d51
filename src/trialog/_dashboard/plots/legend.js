/** Which colour stands for which outcome. */

import { html } from "htm/preact";

import { formatNumber } from "trialog/logic/formats.js";
import { goodColour, inksNow } from "trialog/plots/canvas.js";
import { isDark } from "trialog/shell/theme.js";

const STEPS = 24;

/** @param {{axis: import("trialog/logic/axes.js").Axis | null, goal: "max" | "min"}} props */
export function Legend({ axis, goal }) {
  if (!axis || axis.kind === "category" || !axis.isNumeric) {
    return null;
  }
  const inks = { ...inksNow(), isDark: isDark.value };
  return html`<span class="legend"><span class="soft cut">${axis.title}</span><span>${formatNumber(axis.lo, 4)}</span>
    <svg viewBox=${`0 0 ${STEPS} 1`} preserveAspectRatio="none" aria-hidden="true">${Array.from({ length: STEPS }, (_, at) => {
      const share = at / (STEPS - 1);
      return html`<rect key=${at} x=${at} y="0" width="1.05" height="1" fill=${goodColour(goal === "max" ? share : 1 - share, inks)} />`;
    })}</svg><span>${formatNumber(axis.hi, 4)}</span></span>`;
}
