import assert from "node:assert/strict";
import { test } from "node:test";

import { axisOf, axisTicks, categoriesOf, chooseAxes, moved, placeOf, valueAt } from "trialog/logic/axes.js";

/** @param {unknown[]} values @param {object} [wish] */
const axis = (values, wish) => axisOf({ id: "a", title: "a", text: "a", values, isNumeric: values.every((each) => each === null || typeof each === "number" || each === "NaN") }, wish);

test("positive numbers over two decades stand by their logarithms, others by themselves", () => {
  assert.equal(axis([0.001, 0.1]).kind, "log");
  assert.deepEqual([...axis([0.001, 0.01, 0.1]).places].map((each) => Number(each.toFixed(9))), [0, 0.5, 1]);
  assert.equal(axis([1, 99]).kind, "linear");
  assert.equal(axis([0, 1000]).kind, "linear");
  assert.equal(axis(Array.from({ length: 500 }, (_, at) => (at + 1) / 1000)).kind, "linear", "evenly spread");
  assert.equal(axis([0, 1000], { kind: "log" }).kind, "linear");
  assert.equal(axis([1, 1000], { kind: "linear" }).kind, "linear");
});

test("texts and mixtures are categories, in an order that people expect", () => {
  assert.deepEqual(categoriesOf(["b10", 3, "b2", true, null, 3]), [3, "b2", "b10", true]);
  assert.deepEqual([...axis(["b", "a", "c"]).places], [0.5, 0, 1]);
  assert.equal(axis([1, 2], { kind: "category" }).categories.length, 2);
});

test("what is missing or not finite has no place, and is counted", () => {
  const found = axis([1, null, "NaN", 3]);
  assert.deepEqual([...found.places], [0, Number.NaN, Number.NaN, 1]);
  assert.equal(found.missing, 2);
  assert.equal(axis([null, null]).kind, "category");
});

test("one value stands in the middle; a flipped axis runs the other way", () => {
  assert.deepEqual([...axis([5, 5]).places], [0.5, 0.5]);
  assert.deepEqual([...axis([0, 1], { isFlipped: true }).places], [1, 0]);
});

test("places lead back to values, with few digits", () => {
  const log = axis([0.001, 10]);
  assert.equal(valueAt(log, 0.5), 0.1);
  assert.equal(valueAt(log, 0.25, true), 1);
  assert.equal(valueAt(axis([0, 100]), 0.12345), 12.3);
  assert.equal(placeOf(axis([0, 4]), 1), 0.25);
});

test("ticks stand within the axis, and not too many of them", () => {
  for (const found of [axis([0.003, 7]), axis([-3, 12]), axis(Array.from({ length: 90 }, (_, at) => `c${at}`)), axis([4, 4])]) {
    const ticks = axisTicks(found, 6);
    assert.ok(ticks.length >= 1 && ticks.length <= 14, String(ticks.length));
    assert.ok(ticks.every((tick) => tick.at >= 0 && tick.at <= 1 && tick.text));
  }
});

test("few different numbers have their ticks at these", () => {
  const depths = axis([18, 34, 50, 101, 18, null]);
  assert.deepEqual(axisTicks(depths, 7).map((tick) => tick.text), ["18", "34", "50", "101"]);
  assert.deepEqual(axisTicks(axis([0, 1, 2, 100]), 4).map((tick) => tick.text), ["0", "100"]);
});

test("the most important axes are chosen, and keep their order", () => {
  assert.deepEqual(chooseAxes(["a", "b", "c", "d"], ["d", "b"], 3), ["a", "b", "d"]);
  assert.deepEqual(chooseAxes(["a"], ["gone"], 3), ["a"]);
});

test("one axis moves among others", () => {
  assert.deepEqual(moved(["a", "b", "c"], "a", 2), ["b", "c", "a"]);
  assert.deepEqual(moved(["a", "b"], "b", -4), ["b", "a"]);
  assert.deepEqual(moved(["a"], "x", 0), ["a"]);
});
