import assert from "node:assert/strict";
import { test } from "node:test";

import { fidelityOf, fromAbove, readAt, summaryOf } from "trialog/logic/readout.js";
import { makeScale } from "trialog/logic/scales.js";

function sceneOf(...rows) {
  const x = Float64Array.of(0, 1, 2);
  const answer = { header: { is_exact: true, borders: [false, false] }, arrays: { x: { shape: [3], values: x } } };
  const curves = rows.map(([label, y], at) => ({
    answer, metric: "m", style: { colour: "#000000", dash: [] },
    curve: { key: label, run: label, label, at, isGroup: false, count: 3, y: Float64Array.from(y), raw: null, low: null, high: null, members: null, breaks: null, facts: {} },
  }));
  return { curves, kind: "step", xLabel: "step", xRange: [0, 2], yRange: [0, 10], isLogX: false, isLogY: false, hasLabels: false };
}

test("what stands at a place is sorted by its distance to the pointer, with the difference to the baseline", () => {
  const scene = sceneOf(["low", [1, 1, 1]], ["high", [9, 9, 9]]);
  const frame = { x: makeScale([0, 2], false, 0, 200), y: makeScale([0, 10], false, 100, 0), top: 0, bottom: 100 };
  const read = readAt(scene, frame, 1.1, 12, "low");
  assert.equal(read.x, 1);
  assert.deepEqual(read.lines.map((line) => line.drawn.curve.label), ["high", "low"]);
  assert.equal(read.lines[0].difference, "+8 (+800 %)");
  assert.equal(read.lines[1].difference, "");
});

test("a chart in one sentence says how many lines it has, and where they end", () => {
  const scene = sceneOf(["one", [1, 1, 1]], ["two", [9, 9, 9]]);
  scene.curves.forEach(({ curve }) => { curve.facts = { last: curve.y[2] }; });
  assert.equal(summaryOf("loss", scene), "loss by step: 2 lines, last values from 1 (one) to 9 (two)");
  assert.equal(summaryOf("loss", null), "loss: no points");
});

test("a chart says how many runs and points it shows of how many there are", () => {
  const header = { is_exact: false, groups: [], lines: [{ run: "a" }, { run: "b" }], points: { window: 10, total: 1500, represented: 10 } };
  assert.equal(fidelityOf([{ header }], 1).text, "1 of 2 runs · 10 of 1 500 points");
  assert.equal(fidelityOf([{ header: { ...header, is_exact: true, points: { window: 3, total: 3, represented: 3 } } }], 0).text, "2 runs · 3 points");
});

test("a legend names curves in the order of their ends, from above", () => {
  const curves = [["run-10", [1, 2]], ["run-9", [3, 2, Number.NaN]], ["none", [Number.NaN]], ["top", [0, 7]]]
    .map(([label, y]) => ({ curve: { label: /** @type {string} */ (label), y: /** @type {number[]} */ (y) } }));
  assert.deepEqual(fromAbove(curves).map(({ curve }) => curve.label), ["top", "run-9", "run-10", "none"]);
});
