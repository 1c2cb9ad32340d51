import assert from "node:assert/strict";
import { test } from "node:test";

import { axisOf, figureOf } from "trialog/logic/figures.js";

test("lines, points and bars are drawn; others are named", () => {
  const figure = figureOf({
    data: [
      { type: "scatter", x: [1, 2], y: [3, null], name: "a<br>b", mode: "lines" },
      { type: "scatter", y: [1, 2], mode: "markers" },
      { type: "bar", x: [5], y: ["cat"], orientation: "h" },
      { type: "heatmap", z: [[1]] },
    ],
    layout: { title: { text: "<b>T</b>" }, xaxis: { title: "step" } },
  });
  assert.deepEqual([figure.title, figure.xTitle, figure.left], ["T", "step", ["heatmap"]]);
  assert.deepEqual(figure.traces.map((trace) => [trace.name, trace.kind]), [["a b", "line"], ["trace 1", "points"], ["trace 2", "bars"]]);
  assert.deepEqual(figure.traces[0].y, [3, Number.NaN]);
  assert.deepEqual(figure.traces[2].x, ["cat"]);
});

test("Plotly's typed bytes are read", () => {
  const bdata = Buffer.from(new Uint8Array(new Float64Array([0.5, 1.5]).buffer)).toString("base64");
  assert.deepEqual(figureOf({ data: [{ y: { dtype: "f8", bdata } }] }).traces[0], { name: "trace 0", kind: "line", x: [0, 1], y: [0.5, 1.5] });
  assert.deepEqual(figureOf({ data: [{ y: { dtype: "??", bdata } }] }).left, ["scatter"]);
});

test("an axis is of numbers, of times or of words", () => {
  const of = (x) => axisOf([{ name: "", kind: "line", x, y: x.map(() => 0) }]);
  assert.equal(of([1, 2]).kind, "number");
  assert.equal(of(["2026-01-01", "2026-01-02 10:00"]).kind, "time");
  assert.deepEqual(of(["cat", "dog", "cat"]).places, [[0, 1, 0]]);
});

test("what is no figure is none", () => {
  for (const content of [null, 5, {}, { data: "x" }, { data: [null] }]) {
    assert.deepEqual(figureOf(content).traces, []);
  }
});
