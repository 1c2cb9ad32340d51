/** How many runs began on each of the last days, as small bars. */

import { html } from "htm/preact";

const WIDTH = 84;
const HEIGHT = 22;

/** @param {{days: number[]}} props */
export function DayBars({ days }) {
  const most = Math.max(1, ...days);
  const step = WIDTH / days.length;
  const label = `runs begun in the last ${days.length} days: ${days.join(", ")}`;
  return html`<svg class="days" width=${WIDTH} height=${HEIGHT} viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${label}>
    ${days.map((amount, day) => {
      const height = amount ? Math.max(2, (amount / most) * HEIGHT) : 1;
      return html`<rect key=${day} class=${amount ? "some" : "none"} x=${day * step} y=${HEIGHT - height}
        width=${step - 2} height=${height} rx="1"><title>${amount}</title></rect>`;
    })}
  </svg>`;
}
