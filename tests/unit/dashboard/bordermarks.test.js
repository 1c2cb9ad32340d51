import assert from "node:assert/strict";
import { test } from "node:test";

import { loggedAt, sidesOf } from "trialog/logic/bordermarks.js";

const FRAME = { left: 50, right: 450 };

/** @param {number} at @param {number} value @param {boolean} isAbove */
function mark(at, value, isAbove = true) {
  return { at, value, isAbove, width: 60 };
}

test("where words overlap, the value furthest out has them: the greatest above, the lowest below", () => {
  assert.deepEqual(sidesOf([mark(100, 5), mark(120, 50), mark(140, 7)], FRAME), [0, 1, 0]);
  assert.deepEqual(sidesOf([mark(100, -50, false), mark(120, -5, false), mark(140, -7, false)], FRAME), [1, 0, 0]);
});

test("words stand where they cover no other mark of their border; those of the furthest out, if need be, on one", () => {
  assert.deepEqual(sidesOf([mark(200, 50), mark(230, 5), mark(210, -1, false)], FRAME), [-1, 1, 1]);
  assert.deepEqual(sidesOf([mark(440, 50), mark(420, 5)], FRAME), [-1, 0]);
  assert.deepEqual(sidesOf([mark(60, 50)], { left: 50, right: 100 }), [0]);
});

test("of many marks only the outermost of each border says its value", () => {
  const many = [60, 140, 220, 300, 380].map((at) => mark(at, at));
  assert.deepEqual(sidesOf([...many, mark(100, -9, false), mark(300, -1, false)], FRAME), [0, 0, 0, 0, 1, 1, 0]);
});

test("a line's extreme says where it was logged, though it is drawn rounded and at its column; other values do not", () => {
  const facts = { max: 50.1, max_x: 3960, min: -2, min_x: 7 };
  assert.equal(loggedAt(facts, Math.fround(50.1), true), 3960);
  assert.equal(loggedAt(facts, -2, false), 7);
  assert.equal(loggedAt(facts, 50, true), null);
  assert.equal(loggedAt(facts, -2, true), null);
  assert.equal(loggedAt({}, 50, true), null);
});
