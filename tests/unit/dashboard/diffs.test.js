import assert from "node:assert/strict";
import { test } from "node:test";

import { parseDiff } from "trialog/logic/diffs.js";

const PATCH = `diff --git a/train.py b/train.py
index 1..2 100644
--- a/train.py
+++ b/train.py
@@ -1,3 +1,4 @@ def main
 import trialog
-lr = 0.1
+lr = 0.2
+-- not a header
 run()
diff --git a/old.py b/new.py
similarity index 100%
rename from old.py
rename to new.py
diff --git a/gone.py b/gone.py
deleted file mode 100644
--- a/gone.py
+++ /dev/null
@@ -1 +0,0 @@
---- a line of dashes
\\ No newline at end of file
`;

test("files, their lines and the numbers of these", () => {
  const [first, second, third] = parseDiff(PATCH);
  assert.deepEqual([first.path, first.was, first.added, first.removed], ["train.py", null, 2, 1]);
  assert.deepEqual(first.lines.map((line) => [line.kind, line.text, line.old, line.now]), [
    ["place", "@@ -1,3 +1,4 @@ def main", null, null], ["same", "import trialog", 1, 1], ["removed", "lr = 0.1", 2, null],
    ["added", "lr = 0.2", null, 2], ["added", "-- not a header", null, 3], ["same", "run()", 3, 4],
  ]);
  assert.deepEqual([second.path, second.was], ["new.py", "old.py"]);
  assert.deepEqual([third.removed, third.lines.at(-1)?.text], [1, "--- a line of dashes"]);
});

test("what is no patch has no files", () => {
  assert.deepEqual(parseDiff(""), []);
  assert.deepEqual(parseDiff("hello\n+there"), []);
});
