/** Tables as CSV. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { csvText } from "trialog/logic/csv.js";

test("numbers are whole, lists stand in one cell, what is missing is empty", () => {
  assert.equal(csvText([["a", 0.1, null, undefined, ["x", "y"], true]]), "a,0.1,,,x y,true\r\n");
});

test("commas, quotes and line ends are quoted", () => {
  assert.equal(csvText([["a,b", 'say "x"', "two\nlines"]]), '"a,b","say ""x""","two\nlines"\r\n');
});

test("no text is a formula; numbers below zero are none", () => {
  assert.equal(csvText([["=1+1", "@x", "+1", "-x", "-1", "-Infinity", -0.5]]), "'=1+1,'@x,'+1,'-x,-1,-Infinity,-0.5\r\n");
});
