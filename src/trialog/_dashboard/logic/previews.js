/** How a file is shown, by what it says it is. Pure. */

/**
 * @typedef {"image" | "audio" | "video" | "json" | "table" | "array" | "histogram" | "plotly" | "diff" | "text" | "page" | "pdf" | "bytes"} Preview
 */

const TEXTS = /^(text\/|application\/(x-)?(yaml|toml|sh|shellscript|javascript|sql|xml|python|latex|ndjson|jsonl))|\+xml$/;
const TEXT_NAMES = /\.(txt|log|md|rst|ya?ml|toml|ini|cfg|conf|py|js|ts|sh|c|h|cpp|rs|go|java|jl|tex|sql|jsonl|ndjson|lp|mps)$/i;

/**
 * @param {string} mediaType
 * @param {string} filename
 * @returns {Preview}
 */
export function previewOf(mediaType, filename) {
  const kind = mediaType.split(";")[0].trim().toLowerCase();
  const name = filename.toLowerCase();
  if (kind.startsWith("image/")) {
    return "image";
  }
  if (kind.startsWith("audio/")) {
    return "audio";
  }
  if (kind.startsWith("video/")) {
    return "video";
  }
  if (kind.includes("parquet") || kind === "text/csv" || kind === "text/tab-separated-values" || name.endsWith(".parquet")) {
    return "table";
  }
  if (kind === "application/vnd.numpy" || name.endsWith(".npy")) {
    return "array";
  }
  if (kind === "application/vnd.trialog.histogram+json") {
    return "histogram";
  }
  if (kind.startsWith("application/vnd.plotly")) {
    return "plotly";
  }
  if (kind === "application/json" || kind.endsWith("+json") || name.endsWith(".ipynb")) {
    return "json";
  }
  if (kind === "text/html" || kind === "application/xhtml+xml") {
    return "page";
  }
  if (kind === "application/pdf") {
    return "pdf";
  }
  if (kind === "text/x-diff" || kind === "text/x-patch" || /\.(diff|patch)$/.test(name)) {
    return "diff";
  }
  return TEXTS.test(kind) || (kind === "application/octet-stream" && TEXT_NAMES.test(name)) ? "text" : "bytes";
}
