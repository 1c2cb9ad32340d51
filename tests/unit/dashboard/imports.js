/**
 * Resolves in node what the page's import map resolves in a browser: `node --import ./imports.js --test .`
 */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";

const root = new URL("../../../src/trialog/_dashboard/", import.meta.url);
const { modules } = JSON.parse(readFileSync(new URL("vendor/manifest.json", root), "utf8"));
const places = new Map(modules.map((each) => [each.import, new URL(`vendor/${each.file}`, root)]));

/** @param {string} name */
function placeOf(name) {
  return name.startsWith("trialog/") ? new URL(name.slice("trialog/".length), root) : places.get(name);
}

registerHooks({
  resolve(name, context, next) {
    return next(placeOf(name)?.href ?? name, context);
  },
});
