/** A chart's answer: read from bytes, brought up to date by a delta, and its curves. `_charts/encoding.py` says what the bytes are. Pure. */

/**
 * @typedef {Float64Array | Float32Array | Uint32Array | Uint8Array} Numbers
 * @typedef {{shape: number[], values: Numbers}} Matrix rows after each other
 * @typedef {{name: string, dtype: string, layout: "split" | "sparse", shape: number[], offset: number, bytes: number}} Entry
 * @typedef {{run: string, name: string, label: string, group: number | null, attempt: number | null, rank: number | null}} LineHead
 * @typedef {{label: string, runs: string[], lines: number}} GroupHead
 * @typedef {{line: number, slot: number, x: number, kind: "nan" | "inf" | "-inf"}} Mark
 * @typedef {{format: number, answer: "whole" | "delta" | "same", version: string, keep?: number,
 *   x: {kind: "step" | "time" | "relative" | "metric", metric: string | null, extent: [number, number] | null, window: [number, number] | null},
 *   y: {full: [number, number] | null, fit: [number, number] | null, positive: number | null, undrawable: number},
 *   is_exact: boolean, columns: number, slots: number, borders: [boolean, boolean],
 *   points: {total: number, window: number, represented: number},
 *   lines: LineHead[], groups: GroupHead[], facts: string[], marks: {shown: Mark[], more: number},
 *   arrays: Entry[]}} Header
 * @typedef {{header: Header, arrays: Record<string, Matrix>}} Answer
 *
 * @typedef {object} Curve
 * @property {string} key what tells it from all others of the chart
 * @property {string} run its run's id; "" of a group
 * @property {string} label what people read
 * @property {number} at its place among the lines (or groups) of its answer
 * @property {boolean} isGroup
 * @property {number} count of a group: members; of a line: points
 * @property {Numbers} y what is drawn
 * @property {Numbers | null} raw before smoothing
 * @property {Numbers | null} low of a band
 * @property {Numbers | null} high
 * @property {Numbers | null} members of a group, at each slot
 * @property {Numbers | null} breaks bits: where only values stand that are not finite
 * @property {Record<string, number>} facts
 */

const MAGIC = 0x31435254; // "TRC1", read as a little-endian number
const WIDE = ["y", "raw", "center", "low", "high", "members"];
const KINDS = { f8: Float64Array, f4: Float32Array, u4: Uint32Array, u1: Uint8Array };

/**
 * @param {ArrayBuffer} buffer
 * @returns {Answer}
 */
export function decodeChart(buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength < 8 || view.getUint32(0, true) !== MAGIC) {
    throw new Error("this is no chart");
  }
  /** @type {Header} */
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, view.getUint32(4, true))));
  /** @type {Record<string, Matrix>} */
  const arrays = {};
  for (const entry of header.arrays) {
    arrays[entry.name] = { shape: entry.shape, values: numbersOf(new Uint8Array(buffer, entry.offset, entry.bytes), entry) };
  }
  return { header, arrays };
}

/**
 * @param {Uint8Array} bytes
 * @param {Entry} entry what the header says of them
 * @returns {Numbers}
 */
function numbersOf(bytes, { dtype, layout, shape }) {
  const Kind = KINDS[/** @type {keyof typeof KINDS} */ (dtype)];
  const size = Kind.BYTES_PER_ELEMENT;
  if (layout !== "sparse") {
    return new Kind(fromPlanes(bytes, size).buffer);
  }
  const count = shape.reduce((product, each) => product * each, 1);
  const bits = Math.ceil(Math.ceil(count / 8) / 8) * 8;
  const there = new Kind(fromPlanes(bytes.subarray(bits), size).buffer);
  const values = new Kind(count).fill(Number.NaN);
  for (let at = 0, from = 0; from < there.length; at += 1) {
    if (bytes[at >> 3] & (1 << (at & 7))) {
      values[at] = there[from];
      from += 1;
    }
  }
  return values;
}

/**
 * Numbers out of planes of bytes: all first bytes, all second ones, and so on.
 * @param {Uint8Array} planes
 * @param {number} size of a number
 * @returns {Uint8Array<ArrayBuffer>}
 */
function fromPlanes(planes, size) {
  const count = planes.length / size;
  const numbers = new Uint8Array(planes.length);
  for (let plane = 0; plane < size; plane += 1) {
    for (let at = 0, from = plane * count, to = plane; at < count; at += 1, from += 1, to += size) {
      numbers[to] = planes[from];
    }
  }
  return numbers;
}

/**
 * The answer that holds after another one has come: a whole one replaces, a delta adds, "same" leaves all.
 * @param {Answer | null} old
 * @param {Answer} next
 * @returns {Answer}
 */
export function mergeChart(old, next) {
  const { header } = next;
  if (header.answer === "whole" || old === null) {
    return next;
  }
  if (header.answer === "same") {
    return old;
  }
  const keep = header.keep ?? 0;
  const added = next.arrays.x?.shape[0] ?? 0;
  /** @type {Record<string, Matrix>} */
  const arrays = { ...old.arrays };
  arrays.x = { shape: [keep + added], values: new Float64Array(keep + added) };
  arrays.x.values.set(old.arrays.x.values.subarray(0, keep));
  if (added) {
    arrays.x.values.set(next.arrays.x.values, keep);
  }
  for (const name of WIDE) {
    if (old.arrays[name]) {
      arrays[name] = widened(old.arrays[name], next.arrays[name], next.arrays[`${name}_rows`]?.values, keep, added);
    }
  }
  for (const name of ["breaks", "facts"]) {
    if (next.arrays[name]) {
      arrays[name] = next.arrays[name];
    }
  }
  return { header: { ...header, answer: "whole" }, arrays };
}

/**
 * @param {Matrix} old
 * @param {Matrix | undefined} rows only those that have something new
 * @param {Numbers | undefined} numbers of those rows
 * @param {number} keep
 * @param {number} added
 * @returns {Matrix}
 */
function widened(old, rows, numbers, keep, added) {
  const [count, slots] = old.shape;
  const width = keep + added;
  const isWide = old.values instanceof Float64Array || rows?.values instanceof Float64Array;
  const Kind = old.values instanceof Uint32Array ? Uint32Array : isWide ? Float64Array : Float32Array;
  const values = new Kind(count * width);
  for (let row = 0; row < count; row += 1) {
    const kept = Math.min(slots, width);
    values.set(old.values.subarray(row * slots, row * slots + kept), row * width);
    if (Kind !== Uint32Array) {
      values.fill(Number.NaN, row * width + kept, (row + 1) * width);
    }
  }
  if (rows && numbers) {
    const own = rows.shape[1];
    numbers.forEach((/** @type {number} */ row, /** @type {number} */ at) => {
      values.set(rows.values.subarray(at * own, (at + 1) * own), row * width + keep);
    });
  }
  return { shape: [count, width], values };
}

/**
 * What is drawn of an answer: its groups, or its lines.
 * @param {Answer} answer
 * @param {string} [prefix] of their keys, where a chart shows several answers
 * @returns {Curve[]}
 */
export function curvesOf(answer, prefix = "") {
  const { header, arrays } = answer;
  const isGrouped = header.groups.length > 0;
  const slots = arrays.x ? arrays.x.shape[0] : 0;
  /** @param {string} name @param {number} at */
  const row = (name, at) => arrays[name] ? arrays[name].values.subarray(at * slots, (at + 1) * slots) : null;
  if (isGrouped) {
    return header.groups.map((group, at) => ({
      key: `${prefix}group:${group.label}`, run: "", label: group.label, at, isGroup: true, count: group.lines,
      y: row("center", at) ?? new Float64Array(0), raw: null, low: row("low", at), high: row("high", at), members: row("members", at),
      breaks: null, facts: {},
    }));
  }
  const bytes = Math.ceil(slots / 8);
  return header.lines.map((line, at) => {
    const facts = factsOf(answer, at);
    const part = line.attempt ?? line.rank;
    return {
      key: `${prefix}${line.run}${part === null || part === undefined ? "" : `:${part}`}`, run: line.run, label: line.label || line.name, at, isGroup: false,
      count: facts.window ?? 0, y: row("y", at) ?? new Float64Array(0), raw: row("raw", at), low: null, high: null, members: null,
      breaks: arrays.breaks ? arrays.breaks.values.subarray(at * bytes, (at + 1) * bytes) : null, facts,
    };
  });
}

/**
 * @param {Answer} answer
 * @param {number} at
 * @returns {Record<string, number>}
 */
function factsOf({ header, arrays }, at) {
  if (!arrays.facts) {
    return {};
  }
  const width = arrays.facts.shape[1];
  return Object.fromEntries(header.facts.map((name, place) => [name, arrays.facts.values[at * width + place]]));
}

/**
 * Whether a curve is broken at a slot.
 * @param {Numbers | null} breaks
 * @param {number} slot
 */
export function isBroken(breaks, slot) {
  return breaks !== null && (breaks[slot >> 3] & (1 << (slot & 7))) !== 0;
}

/**
 * The first slot at or after a place.
 * @param {Numbers} x ascending
 * @param {number} place
 */
export function slotFrom(x, place) {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle] < place) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/**
 * The slot nearest to a place where a curve has a value; borders aside, which are no points.
 * @param {Answer} answer
 * @param {Curve} curve
 * @param {number} place
 * @returns {number} -1 where it has none
 */
export function nearestSlot(answer, curve, place) {
  const x = answer.arrays.x?.values;
  if (!x) {
    return -1;
  }
  const first = answer.header.borders[0] ? 1 : 0;
  const last = x.length - 1 - (answer.header.borders[1] ? 1 : 0);
  const from = slotFrom(x, place);
  let before = Math.min(from - 1, last);
  let after = Math.max(from, first);
  while (before >= first && Number.isNaN(curve.y[before])) {
    before -= 1;
  }
  while (after <= last && Number.isNaN(curve.y[after])) {
    after += 1;
  }
  if (before < first) {
    return after <= last ? after : -1;
  }
  return after > last || place - x[before] <= x[after] - place ? before : after;
}

/**
 * What a curve shows near a place: one value, or the least and the greatest of a column.
 * @param {Answer} answer
 * @param {Curve} curve
 * @param {number} place
 * @returns {{slot: number, x: number, low: number, high: number, value: number, raw: number} | null}
 */
export function valueNear(answer, curve, place) {
  const slot = nearestSlot(answer, curve, place);
  if (slot < 0) {
    return null;
  }
  const value = curve.y[slot];
  const found = { slot, x: answer.arrays.x.values[slot], low: value, high: value, value, raw: curve.raw ? curve.raw[slot] : Number.NaN };
  if (!answer.header.is_exact) {
    const other = slot + ((slot - (answer.header.borders[0] ? 1 : 0)) % 2 ? -1 : 1);
    if (Number.isFinite(curve.y[other])) {
      found.low = Math.min(value, curve.y[other]);
      found.high = Math.max(value, curve.y[other]);
    }
  }
  return found;
}
