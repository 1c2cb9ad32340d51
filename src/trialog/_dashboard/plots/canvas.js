/** A canvas as sharp as the screen, redrawn in frames, with the colours of the theme. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { during } from "trialog/data/activity.js";
import { scaleColour } from "trialog/logic/colours.js";
import { isDark } from "trialog/shell/theme.js";

const BUDGET_MS = 24; // of drawing at once; then others have their turn
const BETWEEN = 64; // lines drawn between two looks at the clock

/**
 * @typedef {{text: string, soft: string, line: string, strong: string, panel: string, accent: string, sunk: string, isDark: boolean}} Inks
 * @typedef {{context: CanvasRenderingContext2D, width: number, height: number, inks: Inks}} Sheet
 */

/** The colours of the theme as it is now. @returns {Inks} */
export function inksNow() {
  const style = getComputedStyle(document.documentElement);
  const of = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return { text: of("--text"), soft: of("--soft"), line: of("--line"), strong: of("--line-strong"), panel: of("--panel"), accent: of("--accent"), sunk: of("--sunk"), isDark: isDark.value };
}

/**
 * The colour of an outcome: what is good stands out against the page, by day and by night.
 * @param {number} goodness from 0 to 1; NaN for none
 * @param {Inks} inks
 */
export function goodColour(goodness, inks) {
  return Number.isNaN(goodness) ? inks.strong : scaleColour(inks.isDark ? 0.08 + goodness * 0.92 : 0.86 * (1 - goodness), inks.isDark);
}

const PALETTE = 96;

/**
 * `goodColour` for many: few different colours, each made once.
 * @param {Inks} inks
 * @returns {(goodness: number) => string}
 */
export function goodColours(inks) {
  const made = Array.from({ length: PALETTE }, (_, at) => goodColour(at / (PALETTE - 1), inks));
  return (goodness) => (Number.isNaN(goodness) ? inks.strong : made[Math.round(goodness * (PALETTE - 1))]);
}

/**
 * How wide an element is, as it changes.
 * @param {number} height
 */
export function useSize(height) {
  const host = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = host.current;
    if (!element) {
      return undefined;
    }
    const look = () => setWidth(Math.floor(element.clientWidth));
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { host, width, height };
}

/**
 * Draws into a canvas whenever something that the drawing is of changes. A drawing in pieces yields between them; what is
 * shown stays until the new one is whole, and while one is drawn only the newest wish waits.
 * @param {{width: number, height: number}} size
 * @param {(sheet: Sheet) => Iterable<unknown> | void} draw
 * @param {readonly unknown[]} causes
 */
export function useDrawing({ width, height }, draw, causes) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const state = useRef({ isBusy: false, next: /** @type {(() => Promise<void>) | null} */ (null), isGone: false });
  useEffect(() => () => { state.current.isGone = true; }, []);
  useEffect(() => {
    const shown = canvas.current;
    if (!shown || width <= 0) {
      return;
    }
    const job = async () => {
      await new Promise((done) => requestAnimationFrame(done));
      const ratio = Math.min(3, devicePixelRatio || 1);
      const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
      const buffer = document.createElement("canvas");
      [buffer.width, buffer.height] = [wide, high];
      const context = buffer.getContext("2d", { willReadFrequently: true });
      const target = shown.getContext("2d");
      if (!context || !target) {
        return;
      }
      context.scale(ratio, ratio);
      const pieces = draw({ context, width, height, inks: inksNow() });
      if (pieces) {
        let [began, count] = [performance.now(), 0];
        for (const _ of pieces) {
          count += 1;
          if (count % BETWEEN !== 0) {
            continue;
          }
          context.getImageData(0, 0, 1, 1); // what was asked for is drawn now, not all of it at the end
          if (performance.now() - began > BUDGET_MS) {
            await new Promise((done) => setTimeout(done, 0));
            if (state.current.isGone) {
              return;
            }
            began = performance.now();
          }
        }
      }
      if (shown.width !== wide || shown.height !== high) {
        [shown.width, shown.height] = [wide, high];
      }
      target.clearRect(0, 0, wide, high);
      target.drawImage(buffer, 0, 0);
    };
    void run(state.current, job);
  }, [width, height, isDark.value, ...causes]);
  return canvas;
}

/**
 * @param {{isBusy: boolean, next: (() => Promise<void>) | null, isGone: boolean}} state
 * @param {() => Promise<void>} job
 */
async function run(state, job) {
  state.next = job;
  if (state.isBusy) {
    return;
  }
  state.isBusy = true;
  while (state.next && !state.isGone) {
    const now = state.next;
    state.next = null;
    await during(now());
  }
  state.isBusy = false;
}

/**
 * A text no wider than it may be.
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} most in pixels
 */
export function cutText(context, text, most) {
  if (context.measureText(text).width <= most) {
    return text;
  }
  let end = Math.max(1, Math.floor((text.length * most) / context.measureText(text).width));
  while (end > 1 && context.measureText(`${text.slice(0, end)}…`).width > most) {
    end -= 1;
  }
  return `${text.slice(0, end)}…`;
}

export const FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif';
