/** Figures of Plotly as data: what a small drawing of ours can show of them, and what it cannot. Pure. */

/**
 * @typedef {{name: string, kind: "line" | "points" | "bars", x: (number | string)[], y: number[]}} Trace
 * @typedef {{title: string, xTitle: string, yTitle: string, traces: Trace[], left: string[]}} Figure left: kinds of traces that are not drawn
 */

/** @type {Record<string, [number, (view: DataView, at: number) => number]>} */
const READERS = {
  f8: [8, (view, at) => view.getFloat64(at, true)],
  f4: [4, (view, at) => view.getFloat32(at, true)],
  i1: [1, (view, at) => view.getInt8(at)],
  u1: [1, (view, at) => view.getUint8(at)],
  i2: [2, (view, at) => view.getInt16(at, true)],
  u2: [2, (view, at) => view.getUint16(at, true)],
  i4: [4, (view, at) => view.getInt32(at, true)],
  u4: [4, (view, at) => view.getUint32(at, true)],
};

/**
 * @param {any} content a figure's JSON
 * @returns {Figure}
 */
export function figureOf(content) {
  const layout = content?.layout ?? {};
  /** @type {Figure} */
  const figure = { title: words(layout.title), xTitle: words(layout.xaxis?.title), yTitle: words(layout.yaxis?.title), traces: [], left: [] };
  for (const trace of Array.isArray(content?.data) ? content.data : []) {
    const kind = String(trace?.type ?? "scatter");
    const isFlat = kind === "bar" && trace.orientation === "h";
    const y = numbers(isFlat ? trace.x : trace?.y);
    if (!/^(scatter|scattergl|bar)$/.test(kind) || !y.length) {
      figure.left.push(kind);
      continue;
    }
    const along = values(isFlat ? trace.y : trace.x);
    const x = along.length ? along.slice(0, y.length) : y.map((_, at) => at);
    const mode = String(trace.mode ?? (y.length < 20 ? "lines+markers" : "lines"));
    figure.traces.push({
      name: words(trace.name) || `trace ${figure.traces.length}`,
      kind: kind === "bar" ? "bars" : mode.includes("lines") ? "line" : "points",
      x,
      y: y.slice(0, x.length),
    });
  }
  return figure;
}

/**
 * Places on one axis: numbers as they are, dates as times, anything else one after the other.
 * @param {readonly Trace[]} traces
 * @returns {{kind: "number" | "time" | "category", labels: string[], places: number[][]}}
 */
export function axisOf(traces) {
  const all = traces.flatMap((trace) => trace.x);
  if (all.every((each) => typeof each === "number")) {
    return { kind: "number", labels: [], places: traces.map((trace) => trace.x.map(Number)) };
  }
  if (all.every((each) => typeof each === "string" && /^\d{4}-\d\d-\d\d/.test(each) && !Number.isNaN(Date.parse(each)))) {
    return { kind: "time", labels: [], places: traces.map((trace) => trace.x.map((each) => Date.parse(String(each)))) };
  }
  const labels = [...new Set(all.map(String))];
  const places = new Map(labels.map((label, at) => [label, at]));
  return { kind: "category", labels, places: traces.map((trace) => trace.x.map((each) => places.get(String(each)) ?? 0)) };
}

/** @param {unknown} given a list, or Plotly's typed bytes */
function values(given) {
  if (given !== null && typeof given === "object" && "bdata" in given && "dtype" in given) {
    return unpacked(String(given.dtype), String(given.bdata));
  }
  return Array.isArray(given) ? given.filter((each) => typeof each === "number" || typeof each === "string") : [];
}

/** @param {unknown} given */
function numbers(given) {
  if (Array.isArray(given)) {
    return given.map((each) => (typeof each === "number" ? each : each === null || each === "" ? Number.NaN : Number(each)));
  }
  return values(given).map(Number);
}

/**
 * @param {string} dtype
 * @param {string} data
 */
function unpacked(dtype, data) {
  const reader = READERS[dtype];
  if (!reader) {
    return [];
  }
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Array.from({ length: Math.floor(bytes.length / reader[0]) }, (_, at) => reader[1](view, at * reader[0]));
}

/** @param {unknown} given a text, or an object with one */
function words(given) {
  const text = given !== null && typeof given === "object" && "text" in given ? given.text : given;
  return typeof text === "string" ? text.replace(/<br\s*\/?>/g, " ").replace(/<\/?\w+[^<>]*>/g, "") : "";
}
