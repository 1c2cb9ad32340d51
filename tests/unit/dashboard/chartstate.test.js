import assert from "node:assert/strict";
import { test } from "node:test";

import { chartQuery, formatWindow, lookOf, parseWindow, sliderOf, smoothingAt } from "trialog/logic/chartstate.js";

test("an address says how charts look; what it does not know is as if it were not there", () => {
  assert.deepEqual(lookOf({}), {
    x: "step", smoothing: "", isLogX: false, isLogY: false, range: "auto", center: "mean", band: "std", split: null, window: null,
  });
  assert.deepEqual(lookOf({ x: "nonsense", sm: "ema:7", y: "cubic", band: "wide", split: "x", w: "3..1" }), lookOf({}));
  const look = lookOf({ x: "metric:epoch", sm: "ema:0.9", y: "log", range: "all", center: "median", band: "minmax", split: "rank", w: "-5..1e6" });
  assert.deepEqual([look.x, look.smoothing, look.isLogY, look.window], ["metric:epoch", "ema:0.9", true, [-5, 1e6]]);
});

test("a window keeps the digits that tell its ends apart", () => {
  for (const window of [[0.1, 0.2], [1_700_000_000.25, 1_700_000_000.5], [-3, 12_345_678], [654_320.5, 654_321.5]]) {
    const [lo, hi] = parseWindow(formatWindow(window));
    assert.ok(Math.abs(lo - window[0]) <= (window[1] - window[0]) * 1e-4 && Math.abs(hi - window[1]) <= (window[1] - window[0]) * 1e-4);
  }
  assert.equal(formatWindow(null), "");
  for (const text of ["", "1", "1..", "..2", "1..2..3", "a..b"]) {
    assert.equal(parseWindow(text), null);
  }
});

test("a panel over a metric of its own has no window that others share", () => {
  const look = lookOf({ w: "1..2", sm: "ema:0.5" });
  const what = { metric: "loss", group: "", selection: {}, pixels: 100 };
  assert.deepEqual([chartQuery(look, { ...what, x: "" }).x0, chartQuery(look, { ...what, x: "metric:acc" }).x0], [1, null]);
  assert.equal(chartQuery(look, { ...what, x: "" }).raw, true);
  assert.equal(chartQuery(look, { ...what, x: "", group: "lr" }).raw, false);
});

test("the slider goes from no smoothing to nearly all, and finds its place again", () => {
  assert.equal(smoothingAt("ema", 0), "");
  for (const kind of ["ema", "window", "time-ema"]) {
    for (const at of [1, 5, 9]) {
      const smoothing = smoothingAt(kind, at);
      assert.deepEqual([sliderOf(smoothing).kind, sliderOf(smoothing).at], [kind, at]);
      assert.equal(lookOf({ sm: smoothing }).smoothing, smoothing);
    }
  }
});
