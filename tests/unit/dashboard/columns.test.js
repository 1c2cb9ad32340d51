import assert from "node:assert/strict";
import { test } from "node:test";

import {
  clampWidth, curveColumn, curveMetric, fittingRail, fittingWidth, groupWidth, inOrder, isNumeric, moved, parseSort, parseWidths, sortKeyOf, sortText, turnSort, widthItems, withColumn,
} from "trialog/logic/columns.js";

const column = (/** @type {object} */ more) => ({ text: "lr", kind: "parameter", name: "lr", measure: null, type: null, ...more });

test("the keys of an order, with commas inside of quotes and brackets", () => {
  const text = '-max("a, b"), parameters["x\\", y"], lr';
  assert.deepEqual(parseSort(text), [
    { text: 'max("a, b")', isDescending: true }, { text: 'parameters["x\\", y"]', isDescending: false }, { text: "lr", isDescending: false },
  ]);
  assert.equal(sortText(parseSort(text)), text);
  assert.deepEqual(parseSort(""), []);
});

test("a press on a head sorts up, then down, then not", () => {
  assert.equal(turnSort("", "lr", false), "lr");
  assert.equal(turnSort("lr", "lr", false), "-lr");
  assert.equal(turnSort("-lr", "lr", false), "");
  assert.equal(turnSort("acc, -lr", "depth", false), "depth");
});

test("with shift the other keys stay where they are", () => {
  assert.equal(turnSort("acc", "lr", true), "acc, lr");
  assert.equal(turnSort("acc, lr, x", "lr", true), "acc, -lr, x");
  assert.equal(turnSort("acc, -lr, x", "lr", true), "acc, x");
});

test("widths are kept by column, within bounds", () => {
  const widths = parseWidths(["lr:120", 'max("a:b"):5', "nonsense"]);
  assert.deepEqual([...widths], [["lr", 120], ['max("a:b")', 56]]);
  assert.deepEqual(widthItems(widths), ["lr:120", 'max("a:b"):56']);
  assert.equal(clampWidth(1e9), 900);
});

test("moving and freezing change the order", () => {
  assert.deepEqual(moved(["a", "b", "c"], 0, 2), ["b", "c", "a"]);
  assert.deepEqual(moved(["a", "b", "c"], 2, -4), ["c", "a", "b"]);
  assert.deepEqual(inOrder([{ text: "a" }, { text: "b" }], ["b"]).map((each) => each.text), ["b", "a"]);
});

test("numbers stand at the end, names fit", () => {
  assert.equal(isNumeric(column({}), [null, 0.1, "NaN"]), true);
  assert.equal(isNumeric(column({}), ["adam"]), false);
  assert.equal(isNumeric(column({ kind: "metric", measure: "max" }), [null]), true);
  assert.equal(isNumeric(column({ kind: "fact", type: "time" }), [1]), false);
  assert.ok(fittingWidth(column({ name: "a long parameter" })) > fittingWidth(column({})));
  assert.equal(fittingWidth(column({ kind: "fact", name: "tags" })), 150);
});

test("a column of numbers is as narrow as they are, while its name fits", () => {
  assert.ok(fittingWidth(column({}), [0.1, null]) < fittingWidth(column({}), ["adam"]));
  assert.ok(fittingWidth(column({ name: "model/depth" }), [18]) > fittingWidth(column({}), [18]));
});

test("the first look has four columns at 1440 pixels, and two charts", () => {
  const names = ["lr", "seed", "model/depth"].map((name) => fittingWidth(column({ name }), [1]));
  const four = names.reduce((sum, width) => sum + width, fittingWidth(column({ kind: "fact", name: "status" })));
  assert.ok(66 + 180 + four + 15 <= fittingRail(1440));  // the first two, the name, a scroll bar
  for (const width of [1280, 1440, 1920, 3840]) {
    assert.ok(width - fittingRail(width) >= 724);
    assert.ok(fittingRail(width) <= 760);
  }
  assert.equal(fittingRail(800), 470);
});

test("the name of a group has room for its value, of a long name too", () => {
  assert.equal(groupWidth(""), 0);
  assert.ok(groupWidth("model/depth") >= 200);
  assert.equal(groupWidth("x".repeat(200)), groupWidth("x".repeat(20)));
});

test("a column that is newly shown stands first", () => {
  assert.deepEqual(withColumn(["status", "lr"], "depth", true), ["depth", "status", "lr"]);
  assert.deepEqual(withColumn(["status", "lr"], "lr", true), ["lr", "status"]);
  assert.deepEqual(withColumn(["status", "lr"], "lr", false), ["status"]);
});

test("a column may draw a metric: it sorts by the last value", () => {
  for (const [text, name] of [["curve(loss)", "loss"], [' curve( "val/acc" ) ', "val/acc"], ['curve("a \\"b\\" \\\\ c")', 'a "b" \\ c']]) {
    assert.equal(curveMetric(text), name);
  }
  for (const text of ["last(loss)", "curve()", "curve", "curve(val/acc)", 'curve("a" + "b")', 'parameters["curve(a)"]']) {
    assert.equal(curveMetric(text), null);
  }
  assert.equal(sortKeyOf('curve("val/acc")'), 'last("val/acc")');
  assert.equal(sortKeyOf("lr"), "lr");
  assert.deepEqual(curveColumn("curve(loss)"), { text: "curve(loss)", kind: "curve", name: "loss", measure: "curve", type: null });
});
