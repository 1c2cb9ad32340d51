/** Values as people read them. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { formatAge, formatBytes, formatCount, formatDuration, formatNumber, formatTime, formatValue } from "trialog/logic/formats.js";

test("numbers", () => {
  for (const [value, text] of /** @type {[number, string][]} */ ([
    [0, "0"], [-1, "−1"], [12_345, "12 345"], [0.1 + 0.2, "0.3"], [1e-5, "1e−5"], [123456.789, "123 457"], [12345.6, "12 346"], [1.5e9 + 0.5, "1.5e9"],
    [Number.NaN, "NaN"], [Number.POSITIVE_INFINITY, "∞"], [Number.NEGATIVE_INFINITY, "−∞"], [2 ** 53, "9.0072e15"], [-0.25, "−0.25"],
  ])) {
    assert.equal(formatNumber(value), text, String(value));
  }
});

test("counts, sizes, lengths of time", () => {
  assert.equal(formatCount(1, "run"), "1 run");
  assert.equal(formatCount(100_000, "run"), "100 000 runs");
  // the words of `_display/words.py`: its examples are these
  assert.deepEqual([0, 512, 1023, 1024, 1_300_000, 2 ** 40].map(formatBytes), ["0 B", "512 B", "1023 B", "1 KiB", "1.24 MiB", "1 TiB"]);
  assert.deepEqual([0.0123, 3.21, 9.94, 62, 75, 7500, 90_061, 200_000].map(formatDuration), [
    "12 ms", "3.2 s", "9.9 s", "1 min 02 s", "1 min 15 s", "2 h 05 min", "1 d 1 h", "2 d 7 h"]);
});

test("times", () => {
  const now = Date.UTC(2026, 0, 2);
  assert.deepEqual([0, 59, 61, 7200, 200_000].map((age) => formatAge((now - age * 1000) * 1e6, now)), ["just now", "just now", "1 min ago", "2 h ago", "2 d ago"]);
  assert.match(formatTime(now * 1e6), /^2026-01-0[12] \d\d:\d\d:\d\d$/);
});

test("what is missing is empty, and no value is", () => {
  assert.deepEqual([null, undefined, "", 0, false, "x"].map(formatValue), ["", "", "", "0", "false", "x"]);
});
