import assert from "node:assert/strict";
import { test } from "node:test";

import { boundOf, brushFilter, brushWords, formatBrushes, keeps, keptRuns, parseBrushes } from "trialog/logic/brushes.js";

const range = (/** @type {number | null} */ lo, /** @type {number | null} */ hi, hasMissing = false) => ({ lo, hi, values: null, hasMissing });
const some = (/** @type {string[]} */ values, hasMissing = false) => ({ lo: null, hi: null, values, hasMissing });

test("brushes stand in an address and come back", () => {
  const brushes = new Map([["lr", range(0.001, null)], ["a,b", some(["x|y", "\\", ""], true)], ["c", range(null, null, true)], ["d", range(-1, 2e-7, true)]]);
  assert.deepEqual(parseBrushes(formatBrushes(brushes)), brushes);
  assert.equal(formatBrushes(new Map([["lr", range(0.001, 0.01)], ["opt", some(["adam", "sgd"])]])), "lr,0.001..0.01,opt,=adam|sgd");
});

test("what cannot be understood is left out", () => {
  assert.equal(parseBrushes("lr,x..1,b,..,c,,d").size, 0);
  assert.equal(parseBrushes(undefined).size, 0);
});

test("a range keeps its ends, categories themselves, and missing values only where they are asked for", () => {
  assert.deepEqual([1, 2, 3, null, "NaN", "a"].map((each) => keeps(range(1, 2), each)), [true, true, false, false, false, false]);
  assert.deepEqual([1, true, "1", null].map((each) => keeps(some(["1"], true), each)), [true, false, true, true]);
  assert.deepEqual([1, null].map((each) => keeps(range(null, null, true), each)), [false, true]);
});

test("all brushes at once, the best share, and the others", () => {
  const values = new Map([["a", [1, 2, 3, 4]], ["b", ["x", "x", "y", "y"]]]);
  const what = { count: 4, brushes: new Map([["a", range(2, null)]]), valuesOf: (/** @type {string} */ id) => values.get(id) ?? null, outcomes: [0.1, 0.4, 0.3, null], goal: /** @type {const} */ ("max"), top: null };
  assert.deepEqual([...keptRuns(what)], [0, 1, 1, 1]);
  assert.deepEqual([...keptRuns({ ...what, top: 34 })], [0, 1, 1, 0]);
  assert.deepEqual([...keptRuns({ ...what, top: 34, isInverted: true })], [1, 0, 0, 1]);
  assert.deepEqual([...keptRuns({ ...what, brushes: new Map([["gone", range(2, 3)]]) })], [1, 1, 1, 1]);
});

test("the bound of the best share counts only what is known; ties are kept together", () => {
  assert.equal(boundOf([1, 2, null, 3, 4], "max", 50), 3);
  assert.equal(boundOf([1, 2, 3, 4], "min", 1), 1);
  assert.equal(boundOf([], "min", 10), null);
});

test("brushes in the filter language, with values of their own types", () => {
  const columns = new Map([["lr", { text: "lr", values: [0.1] }], ["m", { text: 'parameters["m/d"]', values: [18, "x", true] }]]);
  const ask = (/** @type {[string, any][]} */ pairs, more = {}) => brushFilter({ brushes: new Map(pairs), columnOf: (id) => columns.get(id) ?? null, objective: "max(acc)", goal: "max", bound: null, ...more });
  assert.equal(ask([["lr", range(0.1, 0.2)]]), "lr >= 0.1 and lr <= 0.2");
  assert.equal(ask([["m", some(["18", "true", "x"])]]), 'parameters["m/d"] == 18 or parameters["m/d"] == True or parameters["m/d"] == "x"');
  assert.equal(ask([["lr", range(null, 2, true)], ["m", some(["x"])]], { bound: 0.5 }),
    '(lr <= 2 or lr is None) and parameters["m/d"] == "x" and max(acc) >= 0.5');
  assert.equal(ask([["lr", range(1, null)]], { isInverted: true }), "not (lr >= 1)");
  assert.equal(ask([]), "");
});

test("brushes in words", () => {
  assert.equal(brushWords(range(0.5, 2, true)), "0.5 to 2 or no value");
  assert.equal(brushWords(some(["a", ""])), "a, (empty)");
  assert.equal(brushWords(range(null, 3)), "up to 3");
});
