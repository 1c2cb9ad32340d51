import assert from "node:assert/strict";
import { test } from "node:test";

import { columnWindow, pagesOf, rowWindow, scrollAcross, scrollTo } from "trialog/logic/rowwindow.js";

test("whatever is seen is drawn, and as many rows at any place", () => {
  for (const top of [0, 1, 30, 239, 240, 1e5, 2_999_000]) {
    const { first, end, slots } = rowWindow({ top, height: 700, row: 30, count: 100_000 });
    assert.ok(first <= Math.floor(top / 30), `${top}`);
    assert.ok(end >= Math.min(100_000, Math.ceil((top + 700) / 30)), `${top}`);
    assert.ok(end - first <= slots && slots < 60);
  }
});

test("a short table is drawn whole, an empty one not", () => {
  assert.deepEqual(rowWindow({ top: 0, height: 700, row: 30, count: 5 }), { first: 0, end: 5, slots: 48 });
  assert.equal(rowWindow({ top: 9000, height: 700, row: 30, count: 0 }).end, 0);
});

test("a few pixels of scrolling change nothing", () => {
  const one = rowWindow({ top: 3000, height: 700, row: 30, count: 1000 });
  assert.deepEqual(rowWindow({ top: 3100, height: 700, row: 30, count: 1000 }), one);
});

test("pages that rows stand on", () => {
  assert.deepEqual(pagesOf(0, 1), [0]);
  assert.deepEqual(pagesOf(90, 210), [0, 1, 2]);
  assert.deepEqual(pagesOf(100, 200), [1]);
});

test("scrolling no further than a row is seen", () => {
  const seen = { top: 300, height: 300, row: 30 };
  assert.equal(scrollTo({ ...seen, place: 12 }), 300);
  assert.equal(scrollTo({ ...seen, place: 3 }), 90);
  assert.equal(scrollTo({ ...seen, place: 30 }), 630);
});

test("columns that are seen are drawn, and those that stay", () => {
  const widths = [30, 36, 210, ...Array.from({ length: 100 }, () => 80)];
  for (const left of [0, 50, 500, 7000, 7500]) {
    const { from, to, skipped } = columnWindow({ left, width: 500, widths, staying: 3 });
    assert.equal(skipped, (from - 3) * 80);
    assert.ok(276 + skipped <= 276 + left, `${left}`);
    assert.ok(to === widths.length || 276 + (to - 3) * 80 >= left + 500, `${left}`);
    assert.ok(to - from < 14);
  }
  assert.deepEqual(columnWindow({ left: 0, width: 500, widths: [30, 36, 210], staying: 3 }), { from: 3, to: 3, skipped: 0 });
});

test("a column scrolls as far as it must", () => {
  const widths = [30, 36, 210, 80, 80, 80, 80, 80, 80];
  const at = { width: 500, widths, staying: 3 };
  assert.equal(scrollAcross({ ...at, column: 1, left: 90 }), 90);
  assert.equal(scrollAcross({ ...at, column: 4, left: 0 }), 0);
  assert.equal(scrollAcross({ ...at, column: 8, left: 0 }), 256);
  assert.equal(scrollAcross({ ...at, column: 3, left: 200 }), 0);
  assert.equal(scrollAcross({ ...at, column: 5, left: 100 }), 100);
});
