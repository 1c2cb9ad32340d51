import assert from "node:assert/strict";
import { test } from "node:test";

import { diffLines, withoutSame } from "trialog/logic/linediff.js";

/** @param {string} text */
const letters = (text) => [...text];
const marks = { same: " ", removed: "-", added: "+" };
/** @param {string} before @param {string} after */
const told = (before, after) => diffLines(letters(before), letters(after)).lines.map((line) => marks[line.kind] + line.text).join("");

test("what is the same stays, what differs is as little as can be", () => {
  assert.equal(told("abc", "abc"), " a b c");
  assert.equal(told("abc", "axc"), " a-b+x c");
  assert.equal(told("", "ab"), "+a+b");
  assert.equal(diffLines(letters("abcabba"), letters("cbabac")).lines.filter((line) => line.kind !== "same").length, 5);
});

test("both texts can be read from the lines, whatever they are", () => {
  let seed = 3;
  const random = (/** @type {number} */ most) => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed % most; };
  for (let turn = 0; turn < 200; turn += 1) {
    const [one, other] = [0, 0].map(() => Array.from({ length: random(12) }, () => "abc"[random(3)]));
    const { lines, added, removed } = diffLines(one, other);
    assert.deepEqual(lines.filter((line) => line.kind !== "added").map((line) => line.text), one);
    assert.deepEqual(lines.filter((line) => line.kind !== "removed").map((line) => line.text), other);
    assert.deepEqual(lines.filter((line) => line.old !== null).map((line) => line.old), one.map((_, at) => at));
    assert.equal(added - removed, other.length - one.length);
  }
});

test("too many changes are told as one block", () => {
  const { isWhole, lines } = diffLines(letters("=abcd="), letters("=efbgh="), 3);
  assert.equal(isWhole, false);
  assert.equal(lines.map((line) => marks[line.kind] + line.text).join(""), " =-a-b-c-d+e+f+b+g+h =");
});

test("only the changes and what is near them are left, and the rest is counted", () => {
  const found = withoutSame(diffLines(letters("aaaaabaaaaa"), letters("aaaaacaaaaa")).lines, 1);
  assert.deepEqual(found.map((each) => (each.kind === "gap" ? each.count : each.text)), [4, "a", "b", "c", "a", 4]);
});
