/** Addresses: what is written is read again, and stays readable. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { joinList, parsePlace, placeUrl, projectPath, runPath, splitList } from "trialog/logic/url.js";

const AWKWARD = ["", "a", "a,b", "\\", ",", "a\\,b", "ü/ö", "lr < 0.1 and max(\"val/acc\") > .9", "100 %", "a&b=c#d?e+f"];

test("every address leads to its page", () => {
  for (const [path, page] of [["/", "home"], ["/acme/vision", "project"], ["/acme/vision/compare", "compare"], ["/acme/vision/sweep", "sweep"],
    ["/acme/vision/runs/01abc", "run"], ["/acme/vision/runs/01abc/console", "run"], ["/acme", "missing"], ["/a/b/c", "missing"], ["/a/b/c/d/e/f", "missing"]]) {
    assert.equal(parsePlace(path, "").page, page, path);
  }
  assert.equal(parsePlace("/a/b/runs/x/files", "").tab, "files");
});

test("names of any signs come back from a path", () => {
  for (const name of AWKWARD.filter((each) => each && each !== "\\")) {
    assert.equal(parsePlace(projectPath("n", name), "").project, name);
    assert.equal(parsePlace(runPath({ namespace: "n", project: "p", id: name }), "").run, name);
  }
  assert.equal(parsePlace("/a/%E0%A4%A/runs/x", "").project, "%E0%A4%A");
});

test("a state of any texts comes back from its query", () => {
  for (const text of AWKWARD.filter(Boolean)) {
    const url = placeUrl("/a/b", { q: text, "key of [signs]": text });
    assert.deepEqual(parsePlace("/a/b", url.slice(url.indexOf("?"))).state, { q: text, "key of [signs]": text });
  }
});

test("empty values are left out, and filters stay readable", () => {
  assert.equal(placeUrl("/a", { q: "", x: null, y: undefined }), "/a");
  assert.equal(placeUrl("/a", { sort: "-max(acc),lr" }), "/a?sort=-max(acc),lr");
});

test("lists of any items come back", () => {
  assert.deepEqual(splitList(""), []);
  assert.deepEqual(splitList(undefined), []);
  assert.deepEqual(splitList(joinList(AWKWARD.slice(1))), AWKWARD.slice(1));
});
