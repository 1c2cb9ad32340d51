/** Colours that are told apart, on light and on dark. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { faded, lineStyle, scaleColour } from "trialog/logic/colours.js";

/** WCAG's relative luminance. @param {string} colour */
function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {string} a @param {string} b */
function contrast(a, b) {
  const [high, low] = [luminance(a), luminance(b)].sort((one, other) => other - one);
  return (high + 0.05) / (low + 0.05);
}

test("every line stands out from the page by 3:1 (WCAG 1.4.11)", () => {
  for (let place = 0; place < 8; place += 1) {
    assert.ok(contrast(lineStyle(place, false).colour, "#ffffff") >= 3, `light ${place}`);
    assert.ok(contrast(lineStyle(place, true).colour, "#17191c") >= 3, `dark ${place}`);
  }
});

test("32 lines have 32 looks", () => {
  for (const isDark of [false, true]) {
    const looks = Array.from({ length: 32 }, (_, place) => JSON.stringify(lineStyle(place, isDark)));
    assert.equal(new Set(looks).size, 32);
  }
});

test("a scale gets lighter all the way, and bears what lies outside of it", () => {
  for (const isDark of [false, true]) {
    const steps = Array.from({ length: 21 }, (_, place) => luminance(scaleColour(place / 20, isDark)));
    assert.deepEqual(steps, [...steps].sort((a, b) => a - b));
    assert.equal(scaleColour(-1, isDark), scaleColour(0, isDark));
    assert.equal(scaleColour(2, isDark), scaleColour(1, isDark));
  }
});

test("faded colours keep their hue", () => {
  assert.equal(faded("#0072b2", 0.5), "#0072b280");
});
