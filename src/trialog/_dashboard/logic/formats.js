/** Values as people read them. Pure. */

/**
 * A number with as many digits as tell it from its neighbours; exact integers stay exact.
 * @param {number} value
 * @param {number} [digits] significant ones
 */
export function formatNumber(value, digits = 5) {
  if (!Number.isFinite(value)) {
    return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  }
  if (Number.isInteger(value) && Math.abs(value) < 1e15) {
    return groupDigits(value.toFixed(0)).replace("-", "−");
  }
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) {
    return value.toExponential(digits - 1).replace(/\.?0+e/, "e").replace("e+", "e").replace(/-/g, "−");
  }
  const whole = Math.floor(Math.log10(size)) + 1; // digits before the point are all shown
  return whole >= digits ? groupDigits(value.toFixed(0)).replace("-", "−") : String(Number(value.toPrecision(digits))).replace("-", "−");
}

/** @param {string} text */
function groupDigits(text) {
  return text.replace(/\B(?=(\d{3})+(?!\d))/g, " ");
}

/**
 * How many, as "1 run" or "12 345 runs".
 * @param {number} number
 * @param {string} noun
 */
export function formatCount(number, noun) {
  return `${formatNumber(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/** A size, as terminals and notebooks say it (`_display/words.py`). @param {number} bytes */
export function formatBytes(bytes) {
  if (bytes < 1024) {
    return `${bytes} B`;
  }
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let size = bytes / 1024;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${size < 99.5 ? Number(size.toPrecision(3)) : size.toFixed(0)} ${units[unit]}`;
}

/** A length of time in its two largest units, as terminals and notebooks say it. @param {number} seconds */
export function formatDuration(seconds) {
  if (seconds < 0.9995) {
    return `${(seconds * 1000).toFixed(0)} ms`;
  }
  if (seconds < 9.95) {
    return `${seconds.toFixed(1)} s`;
  }
  const whole = Math.round(seconds);
  const [days, hours, minutes] = [Math.floor(whole / 86400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60];
  if (days) {
    return `${days} d ${hours} h`;
  }
  if (hours) {
    return `${hours} h ${String(minutes).padStart(2, "0")} min`;
  }
  return minutes ? `${minutes} min ${String(whole % 60).padStart(2, "0")} s` : `${whole} s`;
}

/**
 * How long ago, as "3 min ago".
 * @param {number} timeNs
 * @param {number} [nowMs]
 */
export function formatAge(timeNs, nowMs = Date.now()) {
  const seconds = Math.max(0, (nowMs - timeNs / 1e6) / 1000);
  if (seconds < 60) {
    return "just now";
  }
  const [size, unit] = seconds < 3600 ? [60, "min"] : seconds < 86400 ? [3600, "h"] : [86400, "d"];
  return `${Math.floor(seconds / Number(size))} ${unit} ago`;
}

/** @param {number} timeNs */
export function formatTime(timeNs) {
  const date = new Date(timeNs / 1e6);
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/**
 * A parameter's or a cell's value; null is a missing one.
 * @param {unknown} value
 */
export function formatValue(value) {
  if (value === null || value === undefined) {
    return "";
  }
  return typeof value === "number" ? formatNumber(value) : String(value);
}
