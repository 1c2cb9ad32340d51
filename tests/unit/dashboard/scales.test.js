import assert from "node:assert/strict";
import { test } from "node:test";

import { formatPlace, fromPixel, linearTicks, logTicks, makeScale, rangeOf, ticksOf, timeTicks, toPixel, zoomed } from "trialog/logic/scales.js";

test("a place and its pixel are each other's reverse, on both kinds of scale", () => {
  for (const isLog of [false, true]) {
    const scale = makeScale([1, 1000], isLog, 10, 310);
    for (const value of [1, 7, 250, 1000]) {
      assert.ok(Math.abs(fromPixel(scale, toPixel(scale, value)) - value) < 1e-9 * value);
    }
  }
  assert.equal(toPixel(makeScale([1, 1000], true, 0, 300), 10), 100);
});

test("ticks are round, in the range, and about as many as asked", () => {
  assert.deepEqual(linearTicks([0, 10], 5), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(linearTicks([0, 0.3], 3), [0, 0.1, 0.2, 0.3]);
  assert.deepEqual(linearTicks([0, 3], 10, true), [0, 1, 2, 3]);
  assert.deepEqual(linearTicks([5, 5], 4), [5]);
  for (const range of [[-1e300, 1e300], [1e-12, 3e-12], [123456, 123457.5]]) {
    const ticks = linearTicks(range, 6);
    assert.ok(ticks.length >= 3 && ticks.length <= 9, String(ticks));
    assert.ok(ticks.every((tick) => tick >= range[0] && tick <= range[1] * (1 + 1e-12)));
  }
});

test("on a logarithmic axis ticks are powers of ten, with 2 and 5 where there is room", () => {
  assert.deepEqual(logTicks([1, 1000], 4), [1, 10, 100, 1000]);
  assert.deepEqual(logTicks([0.9, 11], 10), [1, 2, 5, 10]);
  assert.deepEqual(logTicks([1, 1.5], 5), [1, 1.1, 1.2, 1.3, 1.4, 1.5]);
  assert.ok(logTicks([1e-300, 1e300], 6).length <= 7);
});

test("times have round steps", () => {
  assert.equal(timeTicks([0, 3600], 4, false).step, 900);
  assert.deepEqual(ticksOf([0, 120], { kind: "relative", count: 4 }).map((tick) => tick.text), ["0", "30 s", "1 min 00 s", "1 min 30 s", "2 min 00 s"]);
  for (const range of /** @type {[number, number][]} */ ([[5, 5.04], [11, 14], [3600, 3640], [90_000, 93_600], [0, 0.002]])) {
    const texts = ticksOf(range, { kind: "relative", count: 4 }).map((tick) => tick.text);
    assert.equal(new Set(texts).size, texts.length, texts.join(", "));
  }
});

test("an outlier is left out of the range; what lies near is not", () => {
  const far = { full: [0, 25], fit: [0, 2], positive: 0.1 };
  assert.ok(rangeOf([far], "auto", false)[1] < 3);
  assert.ok(rangeOf([far], "all", false)[1] > 25);
  assert.ok(rangeOf([{ full: [0, 3.9], fit: [0, 2], positive: 0.1 }], "auto", false)[1] > 3.9);
});

test("a range is never empty, and on a logarithmic scale above zero", () => {
  const [lo, hi] = rangeOf([{ full: [3, 3], fit: [3, 3], positive: 3 }], "auto", false);
  assert.ok(lo < 3 && hi > 3);
  assert.ok(rangeOf([{ full: [-1, 100], fit: [-1, 100], positive: 0.5 }], "auto", true)[0] > 0);
  assert.equal(rangeOf([{ full: [-2, -1], fit: [-2, -1], positive: null }], "auto", true), null);
  assert.equal(rangeOf([{ full: null, fit: null, positive: null }], "auto", false), null);
});

test("zooming keeps the place where it is", () => {
  assert.deepEqual(zoomed([0, 10], 5, 0.5, false), [2.5, 7.5]);
  assert.deepEqual(zoomed([1, 100], 10, 0.5, true).map((each) => Number(each.toFixed(6))), [3.162278, 31.622777]);
});

test("a place reads as what it is", () => {
  assert.equal(formatPlace(12345, "step"), "12 345");
  assert.equal(formatPlace(75, "relative"), "1 min 15 s");
});
