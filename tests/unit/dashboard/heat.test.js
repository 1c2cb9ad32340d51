import assert from "node:assert/strict";
import { test } from "node:test";

import { axisOf } from "trialog/logic/axes.js";
import { binsOf, heatOf, inkOn } from "trialog/logic/heat.js";

/** @param {unknown[]} values */
const axis = (values) => axisOf({ id: "a", title: "a", text: "a", values, isNumeric: typeof values[0] === "number" });

test("few numbers are bins of their own, many are put together, on the axis's scale", () => {
  assert.deepEqual(binsOf(axis([4, 1, 4, null])), { texts: ["1", "4"], shorts: ["1", "4"], places: Int32Array.from([1, 0, 1, -1]), left: 1 });
  const log = binsOf(axis(Array.from({ length: 81 }, (_, at) => 10 ** (at / 10))));
  assert.equal(log.texts.length, 8);
  assert.deepEqual([log.places[0], log.places[15], log.places[80]], [0, 1, 7]);
  assert.deepEqual(binsOf(axis(["b", "a", true])).texts, ["a", "b", "true"]);
});

test("means of the runs that count, with how many they are", () => {
  const bins = binsOf(axis(["a", "b", "a", "a"]));
  const { cells, lo, hi, count } = heatOf(bins, bins, Float64Array.from([1, 5, 3, Number.NaN]), Uint8Array.from([1, 1, 1, 1]));
  assert.deepEqual(cells[0][0], { count: 2, mean: 2 });
  assert.equal(cells[0][1].count, 0);
  assert.deepEqual([lo, hi, count], [2, 5, 3]);
  assert.equal(heatOf(bins, bins, Float64Array.from([1, 5, 3, 4]), Uint8Array.from([0, 1, 0, 0])).count, 1);
});

test("ink that can be read", () => {
  assert.equal(inkOn("#00224e"), "light");
  assert.equal(inkOn("#fee838"), "dark");
});
