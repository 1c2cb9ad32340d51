import assert from "node:assert/strict";
import { test } from "node:test";

import { both, idsFilter, isValue, metricText, pythonCall, quoted, splitChip } from "trialog/logic/operands.js";

test("a name that is none of Python's is quoted", () => {
  assert.equal(metricText("max", "acc"), "max(acc)");
  assert.equal(metricText("max", "val/acc"), 'max("val/acc")');
  assert.equal(metricText("last", "in"), 'last("in")');
  assert.equal(metricText("last", "class"), 'last("class")');
  assert.equal(metricText("last", "größe"), "last(größe)");
});

test("quotes, backslashes and control characters are escaped", () => {
  assert.equal(quoted('a "b" \\ c\n\u0001'), '"a \\"b\\" \\\\ c\\n\\u0001"');
});

test("two conditions hold at once, whatever is in them", () => {
  assert.equal(both("", "lr == 1"), "lr == 1");
  assert.equal(both("a == 1 or b == 2", "lr == 1"), "(a == 1 or b == 2) and lr == 1");
});

test("a value is asked for as the language writes it", () => {
  assert.equal(isValue("lr", 0.1), "lr == 0.1");
  assert.equal(isValue("flag", true), "flag == True");
  assert.equal(isValue("optimizer", "adam"), 'optimizer == "adam"');
  assert.equal(isValue("lr", null), "lr is None");
  assert.equal(isValue("tags", "a"), '"a" in tags');
  assert.equal(idsFilter(["a", "b"]), 'id in ["a", "b"]');
});

test("the Python that finds the same runs", () => {
  assert.equal(pythonCall("acme/vision", "", ""), 'trialog.runs("acme/vision")');
  assert.equal(pythonCall("a/b", 'max("x") > 1', "-lr"), `trialog.runs("a/b", where='max("x") > 1', sort="-lr")`);
  assert.equal(pythonCall("a/b", `name == "it's"`, ""), `trialog.runs("a/b", where="name == \\"it's\\"")`);
});

test("a status chip's condition is told from the filter that it was put behind", () => {
  const failed = isValue("status", "failed");
  for (const rest of ["", "lr > 0.1", "a == 1 or b == 2", '"or (" in name or lr > 1', "(a == 1 or b == 2) and c > 3", 'name == " and deleted"']) {
    assert.deepEqual(splitChip(both(rest, failed)), { rest, chip: failed });
    assert.deepEqual(splitChip(both(rest, "deleted")), { rest, chip: "deleted" });
    assert.deepEqual(splitChip(rest), { rest, chip: "" });
  }
});

test("a condition that binds to a part of the filter alone is no chip's", () => {
  const text = 'a == 1 or b == 2 and status == "failed"';
  assert.deepEqual(splitChip(text), { rest: text, chip: "" });
  const two = '(a == 1) or (b == 2) and status == "failed"';
  assert.deepEqual(splitChip(two), { rest: two, chip: "" });
  assert.deepEqual(splitChip('(a == 1 or c) and (b == 2 or d) and status == "failed"').rest, "(a == 1 or c) and (b == 2 or d)");
});
