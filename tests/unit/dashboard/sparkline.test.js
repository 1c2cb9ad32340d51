import assert from "node:assert/strict";
import { test } from "node:test";

import { sparklinesOf } from "trialog/logic/sparkline.js";

const NONE = Number.NaN;
const SIZE = { width: 104, height: 24 };

/** @param {number[][]} y @param {number[][]} facts @param {number[]} breaks */
function answer(y, facts, breaks) {
  const header = /** @type {any} */ ({ lines: y.map((_, at) => ({ run: `run-${at}`, name: "", label: "" })), groups: [], facts: ["min", "max", "last", "nan"], x: { extent: [0, 4] } });
  const matrix = (/** @type {number[][]} */ rows, /** @type {any} */ Kind) => ({ shape: [rows.length, rows[0].length], values: Kind.from(rows.flat()) });
  return { header, arrays: {
    x: { shape: [5], values: Float64Array.of(0, 1, 2, 3, 4) }, y: matrix(y, Float32Array), facts: matrix(facts, Float64Array), breaks: matrix(breaks.map((bits) => [bits]), Uint8Array),
  } };
}

test("curves share the x axis, and each fills its own height", () => {
  const found = sparklinesOf(answer([[0, 1, 2, 1, 0], [100, NONE, 300, NONE, NONE]], [[0, 2, 0, 0], [100, 300, 300, 0]], [0, 0]), SIZE);
  assert.equal(found.get("run-0")?.path, "M2 22L27 12L52 2L77 12L102 22");
  assert.equal(found.get("run-1")?.path, "M2 22L52 2");
  assert.equal(found.get("run-1")?.words, "from 100 to 300, last 300");
});

test("a curve is broken where something was logged that is no number, and says so", () => {
  const found = sparklinesOf(answer([[0, NONE, 1, NONE, 1], [5, NONE, NONE, NONE, NONE]], [[0, 1, NONE, 2], [NONE, NONE, NONE, 1]], [0b01010, 0]), SIZE);
  assert.equal(found.get("run-0")?.path, "M2 22h1.5M52 2h1.5M102 2h1.5");
  assert.equal(found.get("run-0")?.words, "from 0 to 1; 2 not finite");
  assert.equal(found.get("run-1")?.path, "M2 12h1.5");
});

test("curves of one run are told apart by their labels", () => {
  const both = answer([[0, 1, 2, 1, 0], [100, NONE, 300, NONE, NONE]], [[0, 2, 0, 0], [100, 300, 300, 0]], [0, 0]);
  both.header.lines.forEach((/** @type {any} */ line, /** @type {number} */ at) => Object.assign(line, { run: "one", label: ["loss", "acc"][at] }));
  assert.deepEqual([...sparklinesOf(both, SIZE, "label").keys()], ["loss", "acc"]);
});

test("a run without a finite value has no path", () => {
  const found = sparklinesOf(answer([[NONE, NONE, NONE, NONE, NONE]], [[NONE, NONE, NONE, 5]], [31]), SIZE);
  assert.deepEqual(found.get("run-0"), { path: "", words: "no finite value; 5 not finite" });
});
