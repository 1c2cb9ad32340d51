import assert from "node:assert/strict";
import { test } from "node:test";

import { hexRows } from "trialog/logic/hexdump.js";

test("sixteen bytes a row, with their letters", () => {
  const rows = hexRows(new TextEncoder().encode("trialog\n<b>01234x"));
  assert.deepEqual(rows[0], { offset: "000000", numbers: "74 72 69 61 6c 6f 67 0a 3c 62 3e 30 31 32 33 34", letters: "trialog·<b>01234" });
  assert.equal(rows[1].offset, "000010");
  assert.equal(rows[1].numbers.length, rows[0].numbers.length);
  assert.deepEqual(hexRows(new Uint8Array()), []);
});
