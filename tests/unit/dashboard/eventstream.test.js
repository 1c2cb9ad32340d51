import assert from "node:assert/strict";
import { test } from "node:test";

import { EventReader, pauseAfter } from "trialog/logic/eventstream.js";

test("events are read however their bytes are cut", () => {
  const text = ": here\r\n\r\nevent: change\ndata: {\"a\":\ndata: 1}\n\n:\n\ndata:x\n\n";
  const expected = [{ kind: "change", data: "{\"a\":\n1}" }, { kind: "message", data: "x" }];
  assert.deepEqual(new EventReader().push(text), expected);
  const reader = new EventReader();
  assert.deepEqual([...text.replace(/\r/g, "")].flatMap((letter) => reader.push(letter)), expected);
});

test("pauses grow, and end at half a minute or so", () => {
  assert.ok(pauseAfter(0, 0) < pauseAfter(3, 0));
  assert.ok(pauseAfter(50, 1) <= 45_000);
});
