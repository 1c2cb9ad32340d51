import assert from "node:assert/strict";
import { test } from "node:test";

import { curvesOf, decodeChart, mergeChart, nearestSlot, slotFrom, valueNear } from "trialog/logic/chartdata.js";

/** Bytes as `_charts/encoding.py` describes them. */
function encode(header, arrays) {
  const described = [];
  const buffers = [];
  const text = () => JSON.stringify({ ...header, arrays: described });
  let length = 0;
  for (;;) {
    described.length = buffers.length = 0;
    let offset = 8 + length;
    for (const [name, { shape, values, dtype, layout = "split" }] of Object.entries(arrays)) {
      const bytes = new Uint8Array(values.buffer);
      const size = values.BYTES_PER_ELEMENT;
      const planes = new Uint8Array(bytes.length);
      bytes.forEach((byte, at) => { planes[(at % size) * (bytes.length / size) + Math.floor(at / size)] = byte; });
      described.push({ name, dtype, layout, shape, offset, bytes: bytes.length });
      buffers.push([offset, planes]);
      offset += Math.ceil(bytes.length / 8) * 8;
    }
    const needed = Math.ceil(new TextEncoder().encode(text()).length / 8) * 8;
    if (needed <= length) {
      const whole = new Uint8Array(offset);
      whole.set(new TextEncoder().encode("TRC1"));
      new DataView(whole.buffer).setUint32(4, length, true);
      whole.set(new TextEncoder().encode(text().padEnd(length)), 8);
      buffers.forEach(([at, planes]) => whole.set(planes, at));
      return whole.buffer;
    }
    length = needed;
  }
}

const f8 = (...values) => ({ shape: [values.length], values: Float64Array.from(values), dtype: "f8" });
const rows = (dtype, Kind, ...all) => ({ shape: [all.length, all[0].length], values: Kind.from(all.flat()), dtype });
const HEADER = {
  answer: "whole", version: "v1", is_exact: true, borders: [false, false], groups: [], facts: ["total"],
  lines: [{ run: "a", name: "one", label: "one" }, { run: "b", name: "two", label: "two" }],
  x: { kind: "step", metric: null, extent: [0, 3], window: null },
};
const NONE = Number.NaN;

function some() {
  return decodeChart(encode(HEADER, {
    x: f8(0, 1, 2, 3),
    y: rows("f4", Float32Array, [1, NONE, 3, 4], [NONE, 5, NONE, NONE]),
    breaks: rows("u1", Uint8Array, [2], [0]),
    facts: rows("f8", Float64Array, [3], [1]),
  }));
}

test("what is mostly missing comes as bits and as those numbers that are there", () => {
  const bits = [0b00100100, 0, 0, 0, 0, 0, 0, 0];
  const split = [0, 0, 0, 0, 0xc0, 0x20, 0x3f, 0x40]; // 1.5 and 2.5
  const y = { shape: [2, 3], values: Uint8Array.from([...bits, ...split]), dtype: "f4", layout: "sparse" };
  const { arrays } = decodeChart(encode(HEADER, { y }));
  assert.deepEqual([...arrays.y.values], [NONE, NONE, 1.5, NONE, NONE, 2.5]);
  assert.ok(arrays.y.values instanceof Float32Array);
});

test("a chart's bytes are its header and its numbers, to the last bit", () => {
  const { arrays, header } = some();
  assert.equal(header.version, "v1");
  assert.deepEqual([...arrays.x.values], [0, 1, 2, 3]);
  assert.deepEqual([...arrays.y.values], [1, NONE, 3, 4, NONE, 5, NONE, NONE]);
  assert.throws(() => decodeChart(new TextEncoder().encode("{\"error\": 1}").buffer), /no chart/);
});

test("each line is a row, with its breaks and its facts", () => {
  const [one, two] = curvesOf(some());
  assert.deepEqual([one.run, one.facts.total, one.breaks[0]], ["a", 3, 2]);
  assert.deepEqual([...two.y], [NONE, 5, NONE, NONE]);
});

test("where groups are told of, they are the curves", () => {
  const answer = decodeChart(encode({ ...HEADER, lines: [], groups: [{ label: "lr=1", runs: ["a", "b"], lines: 2 }] }, {
    x: f8(0, 1), center: rows("f8", Float64Array, [1, 2]), low: rows("f8", Float64Array, [0, 1]), high: rows("f8", Float64Array, [2, 3]),
    members: rows("u4", Uint32Array, [2, 1]),
  }));
  const [group] = curvesOf(answer);
  assert.deepEqual([group.label, group.count, [...group.y], [...group.low], [...group.members]], ["lr=1", 2, [1, 2], [0, 1], [2, 1]]);
});

test("a delta keeps the first slots, adds the new ones, and leaves rows alone that have nothing new", () => {
  const delta = decodeChart(encode({ ...HEADER, answer: "delta", version: "v2", keep: 3 }, {
    x: f8(3, 4), y: rows("f4", Float32Array, [6, 7]), y_rows: { shape: [1], values: Uint32Array.of(1), dtype: "u4" },
    facts: rows("f8", Float64Array, [3], [3]),
  }));
  const merged = mergeChart(some(), delta);
  assert.deepEqual([...merged.arrays.x.values], [0, 1, 2, 3, 4]);
  assert.deepEqual([...merged.arrays.y.values], [1, NONE, 3, 4, NONE, NONE, 5, NONE, 6, 7]);
  assert.equal(merged.header.version, "v2");
  assert.equal(merged.header.answer, "whole");
});

test("the same answer stays the same object, so that nothing is drawn again", () => {
  const old = some();
  assert.equal(mergeChart(old, { header: { ...HEADER, answer: "same" }, arrays: {} }), old);
});

test("the nearest slot is one with a value; the window's borders are none", () => {
  const answer = some();
  const [one, two] = curvesOf(answer);
  assert.equal(nearestSlot(answer, one, 1.2), 2);
  assert.equal(nearestSlot(answer, two, 3), 1);
  answer.header.borders = [true, true];
  assert.equal(nearestSlot(answer, one, 0), 2);
});

test("the first slot from a place on is found in between, before and behind", () => {
  assert.deepEqual([-1, 0, 0.5, 2, 9].map((place) => slotFrom(Float64Array.of(0, 1, 2), place)), [0, 0, 1, 2, 3]);
});

test("in columns a value is a range: the least and the greatest", () => {
  const answer = some();
  answer.header.is_exact = false;
  const near = valueNear(answer, curvesOf(answer)[0], 2);
  assert.deepEqual([near.low, near.high, near.value], [3, 4, 3]);
});
