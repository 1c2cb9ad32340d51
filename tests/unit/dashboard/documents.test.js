import assert from "node:assert/strict";
import { test } from "node:test";

import { pageAsked, shapeOfPage, widthOfPicture } from "trialog/logic/documents.js";

test("the page that is asked for is one that there is", () => {
  const cases = [[undefined, 12, 1], ["", 12, 1], ["x", 12, 1], ["3", 12, 3], ["0", 12, 1], ["-4", 12, 1], ["99", 12, 12], ["NaN", 12, 1]];
  for (const [text, pages, page] of cases) {
    assert.equal(pageAsked(text, pages), page, String(text));
  }
});

test("a page takes the room of its own size", () => {
  const sizes = [[200, 100], [300, 400]];
  assert.equal(shapeOfPage(sizes, 1), "200 / 100");
  assert.equal(shapeOfPage(sizes, 2), "300 / 400");
});

test("a page whose size is not told is as the last, and no page is endless", () => {
  assert.equal(shapeOfPage([[200, 100]], 5000), "200 / 100");
  assert.equal(shapeOfPage([], 1), "612 / 792");
  assert.equal(shapeOfPage([[1, 14000]], 1), "1 / 4");
});

test("pictures are as sharp as the screen, within what the server draws", () => {
  assert.equal(widthOfPicture(730, 1), 800);
  assert.equal(widthOfPicture(800, 1), 800);
  assert.equal(widthOfPicture(730, 2), 1600);
  assert.equal(widthOfPicture(40, 1), 200);
  assert.equal(widthOfPicture(1000, 3), 2000);
});
