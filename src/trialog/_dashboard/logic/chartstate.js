/** How charts are to look, between the address and what the server is asked. Pure. */

/**
 * @typedef {object} Look
 * @property {string} x `step`, `time`, `relative` or `metric:<name>`
 * @property {string} smoothing as in a ChartQuery; "" for none
 * @property {boolean} isLogX
 * @property {boolean} isLogY
 * @property {"auto" | "all"} range
 * @property {"mean" | "median"} center
 * @property {"none" | "std" | "confidence" | "minmax"} band
 * @property {"attempt" | "rank" | null} split
 * @property {[number, number] | null} window of x
 */

const BANDS = /** @type {const} */ (["none", "std", "confidence", "minmax"]);

/** The keys of the state that charts have. */
export const KEYS = ["x", "sm", "xs", "y", "range", "center", "band", "split", "w"];

/**
 * @param {Record<string, string | undefined>} state
 * @returns {Look}
 */
export function lookOf(state) {
  const x = state.x ?? "step";
  const band = BANDS.find((each) => each === state.band) ?? "std";
  return {
    x: ["step", "time", "relative"].includes(x) || (x.startsWith("metric:") && x.length > 7) ? x : "step",
    smoothing: isSmoothing(state.sm) ? /** @type {string} */ (state.sm) : "",
    isLogX: state.xs === "log",
    isLogY: state.y === "log",
    range: state.range === "all" ? "all" : "auto",
    center: state.center === "median" ? "median" : "mean",
    band,
    split: state.split === "attempt" || state.split === "rank" ? state.split : null,
    window: parseWindow(state.w),
  };
}

/** @param {string | undefined} text */
function isSmoothing(text) {
  return /^(ema:(0(\.\d+)?|\.\d+)|time-ema:\d+(\.\d+)?(ms|s|m|min|h|d)?|window:\d+)$/.test(text ?? "") && !/:0+(\.0*)?$/.test(text ?? "");
}

/**
 * @param {string | undefined} text as `lo..hi`
 * @returns {[number, number] | null}
 */
export function parseWindow(text) {
  const [lo, hi, more] = (text ?? "").split("..").map((part) => part.trim() === "" ? Number.NaN : Number(part));
  return Number.isFinite(lo) && Number.isFinite(hi) && lo < hi && more === undefined ? [lo, hi] : null;
}

/**
 * With no more digits than a screen can tell apart.
 * @param {[number, number] | null} window
 */
export function formatWindow(window) {
  if (!window) {
    return "";
  }
  const digits = Math.min(17, 5 + Math.max(0, Math.ceil(Math.log10(Math.max(Math.abs(window[0]), Math.abs(window[1])) / (window[1] - window[0])))));
  return window.map((each) => String(Number(each.toPrecision(digits)))).join("..");
}

/**
 * What the server is asked for a metric of a panel.
 * @param {Look} look
 * @param {{metric: string, x: string, group: string, selection: object, pixels: number}} what x: of the panel; "" for the look's
 */
export function chartQuery(look, { metric, x, group, selection, pixels }) {
  const axis = x || look.x;
  const window = x && x !== look.x ? null : look.window;
  return {
    selection, metric, pixels,
    x: axis,
    x0: window ? window[0] : null,
    x1: window ? window[1] : null,
    smoothing: look.smoothing || null,
    raw: look.smoothing !== "" && !group,
    group: group || null,
    center: look.center,
    band: look.band,
    split: group ? null : look.split,
    y_scale: look.isLogY ? "log" : "linear",
  };
}

/** What is to be waited for between two steps of the slider: its values, from none to nearly all. */
export const WEIGHTS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.992, 0.995, 0.997, 0.998, 0.999];
export const SIZES = [1, 3, 5, 9, 15, 25, 45, 75, 101, 151, 251, 501, 1001];
const HALF_LIVES = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000];

/**
 * A smoothing as a place of the slider.
 * @param {string} smoothing
 * @returns {{kind: "ema" | "window" | "time-ema", at: number, values: readonly number[]}}
 */
export function sliderOf(smoothing) {
  const [kind, amount] = smoothing.split(":");
  const known = kind === "window" || kind === "time-ema" ? kind : "ema";
  const values = { ema: WEIGHTS, window: SIZES, "time-ema": HALF_LIVES }[known];
  const wanted = Number.parseFloat(amount ?? "0") || values[0];
  let at = 0;
  values.forEach((value, place) => {
    if (Math.abs(value - wanted) < Math.abs(values[at] - wanted)) {
      at = place;
    }
  });
  return { kind: known, at, values };
}

/**
 * @param {"ema" | "window" | "time-ema"} kind
 * @param {number} at
 */
export function smoothingAt(kind, at) {
  return at <= 0 ? "" : `${kind}:${{ ema: WEIGHTS, window: SIZES, "time-ema": HALF_LIVES }[kind][at]}`;
}
