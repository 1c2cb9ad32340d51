/** Scales of charts: ranges, ticks and their words, places in pixels. Pure. */

import { formatDuration, formatNumber } from "trialog/logic/formats.js";

/**
 * @typedef {[number, number]} Range
 * @typedef {{lo: number, hi: number, isLog: boolean, from: number, to: number}} Scale from a range to pixels
 * @typedef {{at: number, text: string}} Tick
 */

/**
 * @param {Range} range
 * @param {boolean} isLog
 * @param {number} from where the low end is, in pixels
 * @param {number} to
 * @returns {Scale}
 */
export function makeScale(range, isLog, from, to) {
  return { lo: isLog ? Math.log10(range[0]) : range[0], hi: isLog ? Math.log10(range[1]) : range[1], isLog, from, to };
}

/** @param {Scale} scale @param {number} value */
export function toPixel({ lo, hi, isLog, from, to }, value) {
  const place = isLog ? (value > 0 ? Math.log10(value) : lo - (hi - lo)) : value;
  return from + ((place - lo) / (hi - lo || 1)) * (to - from);
}

/** @param {Scale} scale @param {number} pixel */
export function fromPixel({ lo, hi, isLog, from, to }, pixel) {
  const place = lo + ((pixel - from) / (to - from || 1)) * (hi - lo);
  return isLog ? 10 ** place : place;
}

/**
 * The range of y that is shown. "auto" leaves outliers out, but no more than must be: where all fits into twice the height, all is shown.
 * @param {{full: Range | null, fit: Range | null, positive: number | null}[]} parts of all answers
 * @param {"auto" | "all"} mode
 * @param {boolean} isLog
 * @returns {Range | null}
 */
export function rangeOf(parts, mode, isLog) {
  const known = parts.filter((part) => part.full);
  if (!known.length) {
    return null;
  }
  const ends = known.map((part) => {
    const full = /** @type {Range} */ (part.full);
    return mode === "auto" && part.fit ? withoutOutliers(full, part.fit, isLog) : full;
  });
  let lo = Math.min(...ends.map(([low]) => low));
  let hi = Math.max(...ends.map(([, high]) => high));
  if (isLog) {
    const positive = Math.min(...known.map((part) => part.positive ?? Infinity));
    if (hi <= 0 || positive === Infinity) {
      return null;
    }
    lo = lo > 0 ? lo : Math.min(positive, hi);
    const room = (Math.log10(hi / lo) || 0.2) * 0.05;
    return [lo / 10 ** room, hi * 10 ** room];
  }
  if (lo === hi) {
    const room = Math.abs(lo) * 0.1 || 1;
    return [lo - room, hi + room];
  }
  const room = (hi - lo) * 0.06;
  return [lo - room, hi + room];
}

/**
 * @param {Range} full
 * @param {Range} fit
 * @param {boolean} isLog
 * @returns {Range}
 */
function withoutOutliers(full, fit, isLog) {
  if (isLog || fit[0] === fit[1]) {
    return full;
  }
  const span = fit[1] - fit[0];
  return [
    fit[0] - full[0] <= span ? full[0] : fit[0],
    full[1] - fit[1] <= span ? full[1] : fit[1],
  ];
}

/**
 * Round places on a linear axis.
 * @param {Range} range
 * @param {number} count about so many
 * @param {boolean} [isWhole] no fractions, as of steps
 * @returns {number[]}
 */
export function linearTicks([lo, hi], count, isWhole = false) {
  const rough = (hi - lo) / Math.max(1, count);
  if (!(rough > 0) || !Number.isFinite(rough)) {
    return Number.isFinite(lo) ? [lo] : [];
  }
  const power = 10 ** Math.floor(Math.log10(rough));
  let step = power * (rough / power > 5 ? 10 : rough / power > 2 ? 5 : rough / power > 1 ? 2 : 1);
  if (isWhole) {
    step = Math.max(1, Math.round(step));
  }
  const ticks = [];
  for (let number = Math.ceil(lo / step); number * step <= hi + step * 1e-9 && ticks.length < 100; number += 1) {
    ticks.push(number === 0 ? 0 : Number((number * step).toPrecision(12)));
  }
  return ticks;
}

/**
 * Powers of ten, and 2 and 5 between where there is room.
 * @param {Range} range
 * @param {number} count
 * @returns {number[]}
 */
export function logTicks([lo, hi], count) {
  const first = Math.floor(Math.log10(lo));
  const last = Math.ceil(Math.log10(hi));
  if (Math.log10(hi / lo) < 0.7) {
    return linearTicks([lo, hi], count).filter((tick) => tick > 0);
  }
  const every = Math.max(1, Math.ceil((last - first) / Math.max(1, count)));
  const factors = (last - first) * 3 <= count ? [1, 2, 5] : [1];
  const ticks = [];
  for (let power = Math.ceil(first / every) * every; power <= last; power += every) {
    for (const factor of factors) {
      const tick = Number(`${factor}e${power}`);
      if (tick >= lo && tick <= hi) {
        ticks.push(tick);
      }
    }
  }
  return ticks;
}

const TIME_STEPS = [1e-3, 1e-2, 0.1, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600, 2_592_000, 7_776_000, 31_536_000];

/**
 * Round moments (seconds since 1970) in local time, or round durations.
 * @param {Range} range
 * @param {number} count
 * @param {boolean} isMoment
 * @returns {{ticks: number[], step: number}}
 */
export function timeTicks([lo, hi], count, isMoment) {
  const step = TIME_STEPS.find((each) => (hi - lo) / each <= count) ?? 31_536_000 * Math.ceil((hi - lo) / count / 31_536_000);
  const shift = isMoment ? new Date(lo * 1000).getTimezoneOffset() * 60 : 0;
  const ticks = [];
  for (let number = Math.ceil((lo - shift) / step); number * step + shift <= hi && ticks.length < 100; number += 1) {
    ticks.push(number * step + shift);
  }
  return { ticks, step };
}

/**
 * The ticks of an axis with their words.
 * @param {Range} range
 * @param {{isLog?: boolean, kind?: "step" | "time" | "relative" | "metric" | "y", count: number}} how
 * @returns {Tick[]}
 */
export function ticksOf(range, { isLog = false, kind = "y", count }) {
  if (isLog) {
    return logTicks(range, count).map((at) => ({ at, text: formatTick(at) }));
  }
  if (kind === "time" || kind === "relative") {
    const { ticks, step } = timeTicks(range, count, kind === "time");
    return ticks.map((at) => ({ at, text: kind === "time" ? formatMoment(at, step) : formatLength(at, step) }));
  }
  const ticks = linearTicks(range, count, kind === "step");
  return ticks.map((at) => ({ at, text: formatTick(at) }));
}

/** @param {number} value */
function formatTick(value) {
  const size = Math.abs(value);
  for (const [unit, letter] of /** @type {const} */ ([[1e9, "G"], [1e6, "M"], [1e3, "k"]])) {
    if (size >= unit * (unit === 1e3 ? 10 : 1) && size < unit * 1000 && Number.isInteger(Number((value / unit * 1000).toPrecision(10)))) {
      return `${formatNumber(value / unit)}${letter}`;
    }
  }
  return formatNumber(value);
}

/**
 * @param {number} seconds since 1970
 * @param {number} step between ticks
 */
function formatMoment(seconds, step) {
  const date = new Date(seconds * 1000);
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const day = `${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  if (step >= 31_536_000) {
    return String(date.getFullYear());
  }
  if (step >= 86_400 || date.getHours() + date.getMinutes() + date.getSeconds() + date.getMilliseconds() === 0) {
    return day;
  }
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return step >= 60 ? clock : `${clock}:${step >= 1 ? two(date.getSeconds()) : (date.getSeconds() + date.getMilliseconds() / 1000).toFixed(2)}`;
}

/**
 * A place on x, as people read it.
 * @param {number} x
 * @param {"step" | "time" | "relative" | "metric"} kind
 */
export function formatPlace(x, kind) {
  if (kind === "time") {
    const date = new Date(x * 1000);
    const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
    return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  }
  return kind !== "relative" ? formatNumber(x, 6) : Math.abs(x) < 60 ? `${formatNumber(x, 6)} s` : formatDuration(x);
}

/**
 * A length of time on an axis: in seconds where two units would say the same of several ticks.
 * @param {number} at
 * @param {number} step
 */
function formatLength(at, step) {
  const size = Math.abs(at);
  const isFine = size < 60 || step < 1 || (size >= 3600 && step < 60) || (size >= 86400 && step < 3600);
  return at === 0 ? "0" : isFine ? `${formatTick(at)} s` : formatDuration(at);
}

/**
 * A range made smaller or larger around a place.
 * @param {Range} range
 * @param {number} around
 * @param {number} factor below 1 zooms in
 * @param {boolean} isLog
 * @returns {Range}
 */
export function zoomed([lo, hi], around, factor, isLog) {
  if (isLog) {
    const [a, b] = zoomed([Math.log10(lo), Math.log10(hi)], Math.log10(around), factor, false);
    return [10 ** a, 10 ** b];
  }
  return [around - (around - lo) * factor, around + (hi - around) * factor];
}
