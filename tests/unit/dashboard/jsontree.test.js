import assert from "node:assert/strict";
import { test } from "node:test";

import { jsonEntries, jsonHead, parseJson } from "trialog/logic/jsontree.js";

test("every value has a line, with the digits it was written with", () => {
  const value = parseJson('{"big": 9223372036854775808, "list": [1, 2], "text": "<b>", "no": null, "x": 0.5}');
  const heads = Object.fromEntries(jsonEntries(value, 10).map(({ key, value: each }) => [key, jsonHead(each)]));
  assert.deepEqual([heads.list.kind, heads.list.size, heads.list.text], ["array", 2, "2 items"]);
  assert.equal(heads.text.text, '"<b>"');
  assert.equal(heads.no.kind, "word");
  assert.equal(heads.x.text, "0.5");
  assert.equal(heads.big.kind, "number");
  const tellsDigits = JSON.parse("1", (_, found, context) => Boolean(context?.source));
  assert.equal(heads.big.text, tellsDigits ? "9223372036854775808" : "9223372036854776000");
});

test("of a long list only a part is taken", () => {
  assert.equal(jsonEntries(Array.from({ length: 1e5 }, () => 0), 100).length, 100);
  assert.deepEqual(jsonEntries("text", 5), []);
});
