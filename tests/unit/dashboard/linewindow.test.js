import assert from "node:assert/strict";
import { test } from "node:test";

import { lineWindow, topOfLine, wholeHeight } from "trialog/logic/linewindow.js";

test("of few lines all are drawn", () => {
  assert.deepEqual(lineWindow({ total: 3, row: 18, view: 600 }, 0), { first: 0, end: 3, offset: 0 });
  assert.equal(wholeHeight({ total: 3, row: 18, view: 600 }), 600);
  assert.deepEqual(lineWindow({ total: 0, row: 18, view: 600 }, 0), { first: 0, end: 0, offset: 0 });
});

test("of many lines those are drawn that are seen, where they stand", () => {
  const { first, end, offset } = lineWindow({ total: 10_000, row: 18, view: 600 }, 1800);
  assert.equal(offset, first * 18);
  assert.ok(first <= 100 && end >= 134 && end - first < 100);
});

test("a million lines are reached from the first to the last, in an element that browsers can hold", () => {
  const sizes = { total: 1_000_000, row: 18, view: 600 };
  const high = wholeHeight(sizes);
  assert.ok(high <= 8_000_000);
  assert.equal(lineWindow(sizes, 0).first, 0);
  const bottom = lineWindow(sizes, high - 600);
  assert.equal(bottom.end, 1_000_000);
  const below = bottom.offset + (bottom.end - bottom.first) * 18;
  assert.ok(Math.abs(below - high) <= 1, `${below} of ${high}`);
});

test("a line that is sought stands in the middle", () => {
  for (const total of [5000, 1_000_000]) {
    const sizes = { total, row: 18, view: 600 };
    for (const line of [0, 17, total / 2, total - 1]) {
      const top = topOfLine(sizes, line);
      const { first, end, offset } = lineWindow(sizes, top);
      assert.ok(first <= line && line < end);
      const at = offset + (line - first) * 18 - top;
      assert.ok(at >= -1 && at <= 583, `line ${line} of ${total} at ${at}`);
    }
  }
});
