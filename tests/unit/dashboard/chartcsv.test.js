import assert from "node:assert/strict";
import { test } from "node:test";

import { csvOf, tableOf } from "trialog/logic/chartcsv.js";

function sceneOf(...rows) {
  const x = Float64Array.of(0, 1, 2);
  const answer = { header: { is_exact: true, borders: [false, false] }, arrays: { x: { shape: [3], values: x } } };
  const curves = rows.map(([label, y], at) => ({
    answer, metric: "m", style: { colour: "#000000", dash: [] },
    curve: { key: label, run: label, label, at, isGroup: false, count: 3, y: Float64Array.from(y), raw: null, low: null, high: null, members: null, breaks: null, facts: {} },
  }));
  return { curves, kind: "step", xLabel: "step", xRange: [0, 2], yRange: [0, 10], isLogX: false, isLogY: false, hasLabels: false };
}

test("the CSV has every drawn value, and no formula", () => {
  const table = tableOf(sceneOf(["=a,b", [1, Number.NaN, 0.1]], ["c", [Number.NaN, Number.NaN, 2]]));
  assert.equal(csvOf(table), "step,\"'=a,b\",c\r\n0,1,\r\n2,0.1,2\r\n");
});
