import assert from "node:assert/strict";
import { test } from "node:test";

import { csvOf, deltasOf, markdownOf, pictureAt, shownAreas } from "trialog/logic/sidebyside.js";

const AREAS = [
  { name: "parameters", rows: [{ name: "lr", values: [0.1, 0.2], differs: true }, { name: "depth", values: [3, 3], differs: false }] },
  { name: "packages", rows: [{ name: "numpy", values: ["2.0", "2.0"], differs: false }] },
];

test("only what differs, or all, and only what is looked for, in names and in values", () => {
  const names = (/** @type {string} */ text, isAll = true) => shownAreas(AREAS, { text, isAll }).flatMap((area) => area.rows.map((row) => row.name));
  assert.deepEqual(names("", false), ["lr"]);
  assert.deepEqual(names(""), ["lr", "depth", "numpy"]);
  assert.deepEqual(names("2.0"), ["numpy"]);
  assert.deepEqual(names("DEP"), ["depth"]);
  assert.deepEqual(names("nothing"), []);
});

test("differences from the baseline, in the unit and in percent, and their share of the largest", () => {
  const [base, more, less, none, text] = deltasOf([2, 3, 1.5, 2, "x"], 0);
  assert.deepEqual([base, none, text], [null, null, null]);
  assert.deepEqual(more, { text: "+1", relative: "+50 %", share: 1, isMore: true });
  assert.deepEqual(less, { text: "−0.5", relative: "−25 %", share: 0.5, isMore: false });
  assert.equal(deltasOf([0, 1], 0)[1]?.relative, "");
  assert.equal(deltasOf([-2, -1], 0)[1]?.relative, "+50 %");
  assert.deepEqual(deltasOf(["a", 1], 0), [null, null]);
});

test("a factor from tenfold on; nothing relative to 0, nor across it", () => {
  const relatives = (/** @type {number} */ base, /** @type {number[]} */ values) => deltasOf([base, ...values], 0).slice(1).map((delta) => delta?.relative);
  assert.deepEqual(relatives(2, [19.9, 20, 246, 24_690, 2.4e6, 2e9]), ["+895 %", "× 10", "× 123", "× 12 300", "× 1.2e6", "× 1e9"]);
  assert.deepEqual(relatives(-2, [-20, -3, -1, 1, 200]), ["× 10", "−50 %", "+50 %", "", ""]);
  assert.deepEqual(relatives(0, [1, -1, 1e9]), ["", "", ""]);
  assert.deepEqual(relatives(5, [0, 1e-3, -5, 1e308]), ["−100 %", "−100 %", "", "× 2e307"]);
  assert.deepEqual(relatives(1e-300, [1e300]), [""]);
});

test("a distance that no number can say is none, and the others keep their share", () => {
  const deltas = deltasOf([-1e308, 1e308, 0], 0);
  assert.deepEqual(deltas.map((delta) => delta?.share ?? null), [null, null, 1]);
});

test("the same as a table in Markdown", () => {
  assert.equal(markdownOf(["a|b", "c"], AREAS.slice(0, 1)), [
    "|  | a\\|b | c |", "| --- | --- | --- |", "| **parameters** | | |", "| lr | 0.1 | 0.2 |", "| depth | 3 | 3 |"].join("\n"));
});

test("the same as CSV; what a spreadsheet would reckon with is held back", () => {
  const areas = [{ name: "p", rows: [{ name: "a,b", values: ["=1+1", -0.5, null, 'x"y', ["s", "t"]], differs: true }] }];
  assert.equal(csvOf(["1", "2", "3", "4", "5"], areas), 'section,name,1,2,3,4,5\r\np,"a,b",\'=1+1,-0.5,,"x""y",s t\r\n');
});

test("the latest picture up to a step", () => {
  const steps = [null, 0, 100, 200];
  assert.equal(pictureAt(steps, [null, "a", null, "c"], 2), 1);
  assert.equal(pictureAt(steps, [null, "a", null, "c"], 9), 3);
  assert.equal(pictureAt(steps, [null, null, "b", null], 1), -1);
});
