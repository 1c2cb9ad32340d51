/** Bars over edges: a histogram. */

import { html } from "htm/preact";

import { formatNumber } from "trialog/logic/formats.js";

const WIDTH = 600;
const HEIGHT = 160;
const MOST = 600; // bins beyond are drawn together

/** @param {{label: string, counts: number[], edges: number[]}} props */
export function Bars({ label, counts, edges }) {
  const [low, high] = [edges[0], edges[edges.length - 1]];
  const x = (/** @type {number} */ edge) => ((edge - low) / (high - low || 1)) * WIDTH;
  const step = Math.ceil(counts.length / MOST);
  const bars = [];
  for (let at = 0; at < counts.length; at += step) {
    const end = Math.min(counts.length, at + step);
    const sum = counts.slice(at, end).reduce((total, each) => total + each, 0);
    bars.push({ from: edges[at], to: edges[end], sum });
  }
  const most = Math.max(...bars.map((bar) => bar.sum), 1e-300);
  return html`<figure class="bars"><svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label=${`${label}: from ${formatNumber(low)} to ${formatNumber(high)}, at most ${formatNumber(most)} in a bin`}>
      ${bars.map((bar, at) => html`<rect key=${at} x=${x(bar.from)} y=${HEIGHT - (bar.sum / most) * HEIGHT} width=${Math.max(0.5, x(bar.to) - x(bar.from) - 0.6)} height=${(bar.sum / most) * HEIGHT}><title>${`${formatNumber(bar.from)} to ${formatNumber(bar.to)}: ${formatNumber(bar.sum)}`}</title></rect>`)}
    </svg><figcaption><span>${formatNumber(low)}</span><span class="soft">at most ${formatNumber(most)} in a bin</span><span>${formatNumber(high)}</span></figcaption></figure>`;
}
