import assert from "node:assert/strict";
import { test } from "node:test";

import { SvgPen } from "trialog/logic/svgpen.js";

test("SVG has text as text, escaped, and half-transparent colours", () => {
  const pen = new SvgPen(100, 50);
  pen.fillStyle = "#11223380";
  pen.font = "600 12px \"A & B\"";
  pen.fillText("a < b", 1, 2);
  pen.save();
  pen.beginPath();
  pen.rect(0, 0, 10, 10);
  pen.clip();
  pen.beginPath();
  pen.moveTo(0, 0);
  pen.lineTo(1.005, 2);
  pen.stroke();
  pen.restore();
  const text = String(pen);
  assert.match(text, /<text [^>]*font-weight="600"[^>]*fill="#112233" fill-opacity="0.502">a &lt; b<\/text>/);
  assert.match(text, /<g clip-path="url\(#clip0\)"><path d="M0 0L1 2"|<g clip-path="url\(#clip0\)"><path d="M0 0L1.01 2"/);
});
