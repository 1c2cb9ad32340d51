import assert from "node:assert/strict";
import { test } from "node:test";

import { charactersBefore, cutAt, unitsBefore } from "trialog/logic/spans.js";

test("a character of two units is one", () => {
  assert.equal(charactersBefore("🦊lr", 3), 2);
  assert.equal(unitsBefore("🦊lr", 2), 3);
});

test("a text is cut around what is wrong", () => {
  assert.deepEqual(cutAt('"🦊" < lr', 6, 8), ['"🦊" < ', "lr", ""]);
  assert.deepEqual(cutAt("lr <", 4, 4), ["lr <", " ", ""]);
});
