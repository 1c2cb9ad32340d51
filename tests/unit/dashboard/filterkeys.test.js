import assert from "node:assert/strict";
import { test } from "node:test";

import { escapeStep } from "trialog/logic/filterkeys.js";

test("the list is closed first, also one that is about to open, and the text stays", () => {
  const typed = { draft: "lr < 0.0", applied: "" };
  assert.equal(escapeStep({ isListOpen: true, isListDue: true, ...typed }), "close");
  assert.equal(escapeStep({ isListOpen: false, isListDue: true, ...typed }), "close");
  assert.equal(escapeStep({ isListOpen: true, isListDue: false, draft: "", applied: "" }), "close");
});

test("then the text is what is applied, and then the field is left", () => {
  assert.equal(escapeStep({ isListOpen: false, isListDue: false, draft: "lr < 0.0", applied: "lr < 1" }), "give back");
  assert.equal(escapeStep({ isListOpen: false, isListDue: false, draft: "lr < 1", applied: "lr < 1" }), "leave");
});
