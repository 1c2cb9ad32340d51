import assert from "node:assert/strict";
import { test } from "node:test";

import { previewOf } from "trialog/logic/previews.js";

test("a file is shown by what it says it is", () => {
  const cases = [
    ["image/png", "a", "image"], ["image/svg+xml", "a.svg", "image"], ["audio/wav", "a", "audio"], ["video/mp4", "a", "video"],
    ["text/csv; charset=utf-8", "a", "table"], ["application/vnd.apache.parquet", "a", "table"], ["application/vnd.numpy", "a", "array"],
    ["application/vnd.trialog.histogram+json", "a", "histogram"], ["application/vnd.plotly.v1+json", "a", "plotly"],
    ["application/json", "a", "json"], ["application/octet-stream", "cells.ipynb", "json"], ["text/html", "a", "page"],
    ["application/pdf", "a", "pdf"], ["text/x-diff", "a", "diff"], ["text/markdown", "a", "text"], ["application/x-yaml", "a", "text"],
    ["application/octet-stream", "notes.md", "text"], ["application/octet-stream", "model.pt", "bytes"], ["", "", "bytes"],
  ];
  for (const [mediaType, filename, kind] of cases) {
    assert.equal(previewOf(mediaType, filename), kind, mediaType);
  }
});
