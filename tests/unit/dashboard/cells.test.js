import assert from "node:assert/strict";
import { test } from "node:test";

import { cellText, copyText, differenceText, groupText, groupTitle } from "trialog/logic/cells.js";

const plain = { text: "lr", kind: /** @type {const} */ ("parameter"), name: "lr", measure: null, type: null };
const length = { ...plain, kind: /** @type {const} */ ("fact"), name: "duration", type: "length of time" };
const time = { ...plain, kind: /** @type {const} */ ("fact"), name: "created", type: "time" };

test("a cell says its value for people", () => {
  assert.equal(cellText(plain, null), "");
  assert.equal(cellText(plain, 0.00012345678), "0.00012346");
  assert.equal(cellText(plain, "-Infinity"), "−∞");
  assert.equal(cellText(plain, "NaN"), "NaN");
  assert.equal(cellText(plain, true), "true");
  assert.equal(cellText(length, 75), "1 min 15 s");
  assert.equal(cellText(plain, ["a", "b"]), "a, b");
  assert.match(cellText(time, 1_700_000_000_000_000_000), /^2023-11-1\d \d\d:\d\d$/);
});

test("what is copied is whole", () => {
  assert.equal(copyText(plain, 0.00012345678), "0.00012345678");
  assert.equal(copyText(time, 1_700_000_000_000_000_000), "2023-11-14T22:13:20.000Z");
  assert.equal(copyText(plain, null), "");
});

test("a difference from the baseline has its sign", () => {
  assert.equal(differenceText(plain, 0.5, 0.25), "+0.25");
  assert.equal(differenceText(plain, 0.25, 0.5), "−0.25");
  assert.equal(differenceText(plain, 1, 1), "=");
  assert.equal(differenceText(plain, 1, null), "");
  assert.equal(differenceText(plain, "a", "b"), "");
  assert.equal(differenceText(length, 70, 10), "+1 min 00 s");
});

test("a group says what all have, else mean and deviation, else how many there are", () => {
  const none = { count: 0, mean: null, std: null, value: null, distinct: 0 };
  assert.equal(groupText(plain, none), "");
  assert.equal(groupText(plain, { ...none, value: 0.1, count: 2, mean: 0.1, distinct: 1 }), "0.1");
  assert.equal(groupText(plain, { ...none, count: 2, mean: 0.5, std: 0.0123, distinct: 2 }), "0.5 ± 0.012");
  assert.equal(groupText(plain, { ...none, distinct: 3 }), "3 values");
});

test("a group says what its runs have in common", () => {
  assert.equal(groupTitle("lr", 0.01), "lr = 0.01");
  assert.equal(groupTitle("status", "FAILED"), "status = FAILED");
  assert.equal(groupTitle("flag", false), "flag = false");
  assert.equal(groupTitle("model/depth", null), "model/depth is missing");
});
