import assert from "node:assert/strict";
import { test } from "node:test";

import { formatLayout, movePanel, parseLayout, plainLayout, removePanel, rowsOf, sectionsOf, turnPanel } from "trialog/logic/panels.js";

const METRICS = ["train/loss", "train/acc", "val/loss", "lr", "system/cpu"];
const SIZES = { head: 10, gap: 2, extra: 5 };
const shape = (sections) => sections.map((section) => [section.name, section.panels.map((panel) => panel.id), section.isFolded]);

test("sections are the first parts of names; the machine's is folded and last", () => {
  assert.deepEqual(shape(sectionsOf(METRICS, plainLayout(), "")), [
    ["Metrics", ["lr"], false], ["train", ["train/loss", "train/acc"], false], ["val", ["val/loss"], false], ["system", ["system/cpu"], true],
  ]);
});

test("a search leaves what holds all its words, and opens what is folded", () => {
  assert.deepEqual(shape(sectionsOf(METRICS, plainLayout(), "LOSS tr")), [["train", ["train/loss"], false]]);
  assert.deepEqual(shape(sectionsOf(METRICS, plainLayout(), "cpu")), [["system", ["system/cpu"], false]]);
});

test("a layout's text is read as it was written, whatever names it has", () => {
  const layout = {
    ...plainLayout(), pinned: ["val/loss"], removed: ["a,b"], turned: ["train"], wide: ["x\\y"], columns: 3, height: 300,
    added: [{ id: "+a, b over c", title: "a, b over c", x: "metric:c,d", metrics: ["a", "b,\\"] }],
  };
  assert.deepEqual(parseLayout(formatLayout(layout)), layout);
  assert.equal(formatLayout(plainLayout()), "");
  assert.deepEqual(parseLayout("c99,h1,+,?,"), plainLayout());
});

test("pinned panels stand first and nowhere else; removed ones nowhere", () => {
  const layout = removePanel(turnPanel(plainLayout(), "pinned", "val/loss"), { id: "lr", title: "lr", x: "", metrics: ["lr"] });
  assert.deepEqual(shape(sectionsOf(METRICS, layout, "")).slice(0, 2), [["Pinned", ["val/loss"], false], ["train", ["train/loss", "train/acc"], false]]);
});

test("a panel moves before another of its section, or to its end", () => {
  const section = sectionsOf(METRICS, plainLayout(), "")[1];
  const moved = movePanel(plainLayout(), section, "train/acc", "train/loss");
  assert.deepEqual(sectionsOf(METRICS, moved, "")[1].panels.map((panel) => panel.id), ["train/acc", "train/loss"]);
  const back = movePanel(moved, sectionsOf(METRICS, moved, "")[1], "train/acc", null);
  assert.deepEqual(sectionsOf(METRICS, back, "")[1].panels.map((panel) => panel.id), ["train/loss", "train/acc"]);
});

test("rows fill the columns; a wide panel has a row of its own; folded sections have a head alone", () => {
  const layout = { ...plainLayout(), wide: ["train/acc"], height: 100 };
  const { rows, height } = rowsOf(sectionsOf(METRICS, layout, ""), layout, 2, SIZES);
  assert.deepEqual(rows.map((row) => (row.kind === "head" ? row.section.name : row.panels.map((panel) => panel.id).join())),
    ["Metrics", "lr", "train", "train/loss", "train/acc", "val", "val/loss", "system"]);
  assert.equal(rows[3].columns, 2);
  assert.equal(rows[4].columns, 1);
  assert.ok(height > rows[7].top);
});

test("ten thousand metrics in one section are laid out at once", () => {
  const names = Array.from({ length: 10_000 }, (_, at) => `m/${at}`);
  const begin = performance.now();
  const { rows } = rowsOf(sectionsOf(names, plainLayout(), ""), plainLayout(), 3, SIZES);
  assert.equal(rows.length, 1 + Math.ceil(10_000 / 3));
  assert.ok(performance.now() - begin < 500);
});
