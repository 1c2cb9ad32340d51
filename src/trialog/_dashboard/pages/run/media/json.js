/** JSON as a tree that opens part by part. */

import { html } from "htm/preact";
import { useMemo, useState } from "preact/hooks";

import { formatBytes } from "trialog/logic/formats.js";
import { jsonEntries, jsonHead, parseJson } from "trialog/logic/jsontree.js";
import { TextView } from "trialog/pages/run/media/bytes.js";
import { textOf, useBytes } from "trialog/data/files.js";
import { Icon } from "trialog/parts/icons.js";
import { Failure, Waiting } from "trialog/parts/states.js";

/** @typedef {import("trialog/api.d.ts").VersionShape} Version */

const MOST_BYTES = 8_000_000;
const AT_ONCE = 100;

/** @param {{version: Version}} props */
export function JsonView({ version }) {
  if (version.size_bytes > MOST_BYTES) {
    return html`<p class="soft">At ${formatBytes(version.size_bytes)} it is too long for a tree.</p><${TextView} version=${version} />`;
  }
  return html`<${Loaded} version=${version} />`;
}

/** @param {{version: Version}} props */
function Loaded({ version }) {
  const { bytes, failure } = useBytes(version, version.size_bytes);
  if (failure) {
    return html`<${Failure} error=${failure} />`;
  }
  return bytes ? html`<${JsonText} text=${textOf(bytes)} />` : html`<${Waiting} what="the JSON" />`;
}

/** @param {{text: string}} props */
export function JsonText({ text }) {
  const parsed = useMemo(() => {
    try {
      return { value: parseJson(text), trouble: "" };
    } catch (error) {
      return { value: null, trouble: String(/** @type {Error} */ (error).message) };
    }
  }, [text]);
  if (parsed.trouble) {
    return html`<p class="soft">It is no JSON: ${parsed.trouble}</p><pre class="file-text" tabindex="0" aria-label="Text">${text.slice(0, 100_000)}</pre>`;
  }
  return html`<div class="json"><${JsonNode} label="" value=${parsed.value} isOpen=${true} /></div>`;
}

/** @param {{label: string, value: unknown, isOpen?: boolean}} props */
function JsonNode({ label, value, isOpen: isOpenAtFirst = false }) {
  const [isOpen, setOpen] = useState(isOpenAtFirst);
  const [until, setUntil] = useState(AT_ONCE);
  const { kind, text, size } = jsonHead(value);
  const name = label && html`<span class="json-key">${label}</span>`;
  if (kind !== "object" && kind !== "array") {
    return html`<div class="json-leaf">${name}<span class=${`json-${kind}`}>${text}</span></div>`;
  }
  return html`<div class="json-node">
    <button class="quiet json-turn" aria-expanded=${isOpen} disabled=${size === 0} onClick=${() => setOpen(!isOpen)}><${Icon} name=${isOpen ? "down" : "right"} />${name}<span class="soft">${kind === "array" ? "[" : "{"} ${text} ${kind === "array" ? "]" : "}"}</span></button>
    ${isOpen && html`<div class="json-inside">${jsonEntries(value, until).map((each) => html`<${JsonNode} key=${each.key} label=${each.key} value=${each.value} isOpen=${size <= 20 && label === ""} />`)}
      ${size > until && html`<button class="link" onClick=${() => setUntil(until * 4)}>${size - until} more</button>`}</div>`}
  </div>`;
}
