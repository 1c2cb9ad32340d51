import assert from "node:assert/strict";
import { test } from "node:test";

import { asJson, asPython, asYaml, foundParameters, parameterTree, treeRows } from "trialog/logic/parametertree.js";

const make = (name, kind, text) => ({ name, kind, text, changes: 1 });
const SOME = [
  make("lr", "float", "1e-05"), make("model/depth", "int", "18"), make("model/name", "str", 'say "hi"'),
  make("flag", "bool", "True"), make("big", "int", "1180591620717411303424"), make("odd", "float", "nan"),
];

test("names are a tree of their parts, closed nodes hide theirs", () => {
  const tree = parameterTree(SOME);
  assert.deepEqual(tree.map((node) => [node.label, node.size]), [["lr", 1], ["model", 2], ["flag", 1], ["big", 1], ["odd", 1]]);
  assert.deepEqual(treeRows(tree, new Set()).map((row) => [row.label, row.depth]), [["lr", 0], ["model", 0], ["depth", 1], ["name", 1], ["flag", 0], ["big", 0], ["odd", 0]]);
  assert.equal(treeRows(tree, new Set(["model"])).length, 5);
});

test("a parameter may be called as a part of others is", () => {
  const rows = treeRows(parameterTree([make("a", "int", "1"), make("a/b", "int", "2")]), new Set());
  assert.deepEqual(rows.map((row) => [row.label, row.parameter?.text ?? null]), [["a", "1"], ["a", null], ["b", "2"]]);
});

test("a text is found in names and values", () => {
  assert.deepEqual(foundParameters(SOME, " HI").map((each) => each.name), ["model/name"]);
  assert.deepEqual(foundParameters(SOME, "model").length, 2);
  assert.equal(foundParameters(SOME, "").length, SOME.length);
});

test("JSON has all digits, and NaN as a text", () => {
  const text = asJson(SOME);
  assert.match(text, /"big": 1180591620717411303424,/);
  assert.deepEqual(JSON.parse(text), { lr: 1e-5, "model/depth": 18, "model/name": 'say "hi"', flag: true, big: 1180591620717411303424, odd: "nan" });
  assert.equal(asJson([]), "{}\n");
});

test("Python and YAML are what they read", () => {
  assert.equal(asPython(SOME.slice(2, 4)), '{\n    "model/name": "say \\"hi\\"",\n    "flag": True\n}\n');
  assert.match(asPython(SOME), /"odd": float\("nan"\)/);
  assert.equal(asYaml(SOME), 'lr: 1.0e-05\nmodel/depth: 18\nmodel/name: "say \\"hi\\""\nflag: true\nbig: 1180591620717411303424\nodd: .nan\n');
});

test("ten thousand parameters take no time", () => {
  const many = Array.from({ length: 10_000 }, (_, at) => make(`part${at % 100}/layer${at}/size`, "int", "1"));
  const began = performance.now();
  assert.equal(treeRows(parameterTree(many), new Set()).length, 100 + 20_000);
  assert.ok(performance.now() - began < 1000);
});
