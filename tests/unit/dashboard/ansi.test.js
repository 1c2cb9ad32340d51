import assert from "node:assert/strict";
import { test } from "node:test";

import { ansiPieces, bareText, markedPieces } from "trialog/logic/ansi.js";

test("a line without escape sequences is one piece without a style", () => {
  assert.deepEqual(ansiPieces("epoch 3"), [{ text: "epoch 3", classes: "" }]);
  assert.deepEqual(ansiPieces(""), []);
});

test("colours and manners begin and end where they are said to", () => {
  assert.deepEqual(ansiPieces("a\x1b[1;31mb\x1b[22mc\x1b[0md"), [
    { text: "a", classes: "" },
    { text: "b", classes: "ansi-bold ansi-fg-1" },
    { text: "c", classes: "ansi-fg-1" },
    { text: "d", classes: "" },
  ]);
  assert.deepEqual(ansiPieces("\x1b[7mx")[0].classes, "ansi-bg-9");
  assert.deepEqual(ansiPieces("\x1b[92mx\x1b[mx").map((piece) => piece.classes), ["ansi-fg-2", ""]);
});

test("256 and 16 million colours become the nearest of eight", () => {
  assert.equal(ansiPieces("\x1b[38;5;196mx")[0].classes, "ansi-fg-1");
  assert.equal(ansiPieces("\x1b[38;2;40;90;230mx")[0].classes, "ansi-fg-4");
  assert.equal(ansiPieces("\x1b[48;5;2;1mx")[0].classes, "ansi-bold ansi-bg-2");
});

test("other sequences and control characters are left out, HTML stays text", () => {
  assert.equal(bareText("\x1b]0;title\x07a\x1b[2Kb\x00<b>\x1b[31m"), "ab<b>");
  assert.deepEqual(ansiPieces("<img onerror=x>"), [{ text: "<img onerror=x>", classes: "" }]);
});

test("what is searched for is marked, over the borders of pieces", () => {
  const marked = markedPieces(ansiPieces("a\x1b[31mB\x1b[0mc ab"), "AB", false);
  assert.deepEqual(marked.map((piece) => [piece.text, Boolean(piece.isHit)]), [["a", true], ["B", true], ["c ", false], ["ab", true]]);
  assert.equal(markedPieces(ansiPieces("ab"), "AB", true).some((piece) => piece.isHit), false);
  assert.equal(markedPieces(ansiPieces("ab"), "", true).length, 1);
});
