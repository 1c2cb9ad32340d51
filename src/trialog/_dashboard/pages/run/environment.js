/** Where the run ran: the machine, its packages, its variables. */

import { html } from "htm/preact";
import { useState } from "preact/hooks";

import { formatBytes, formatCount, formatValue } from "trialog/logic/formats.js";
import { run, useAsked } from "trialog/pages/run/state.js";
import { copyText } from "trialog/parts/copy.js";
import { Empty, Failure, Waiting } from "trialog/parts/states.js";
import { VirtualRows } from "trialog/parts/virtualrows.js";

/** The part. */
export function Environment() {
  const { data, failure, again } = useAsked("/context");
  if (failure) {
    return html`<${Failure} error=${failure} again=${again} />`;
  }
  if (!data) {
    return html`<${Waiting} what="the environment" />`;
  }
  const { environment = {}, packages = {} } = /** @type {Record<string, Record<string, any>>} */ (data.sections);
  const { variables = {}, gpus = [], ...machine } = environment;
  if (!Object.keys(environment).length && !Object.keys(packages).length) {
    return html`<${Empty} title="Nothing of the environment was kept.">
      <span>${run.value?.is_ended ? "It was switched off by" : "It may still come, unless it was switched off by"} <code>capture=</code> or <code>TRIALOG_CAPTURE</code>.</span></${Empty}>`;
  }
  return html`<div class="two-columns">
    <section class="panel part-panel" aria-label="Machine"><h2>Machine</h2>
      <dl class="facts facts-column">${flat(machine).map(([name, value]) => html`<div key=${name}><dt>${name.replace(/_bytes$/, "").replaceAll("_", " ")}</dt><dd>${worded(name, value)}</dd></div>`)}
        ${gpuWords(gpus).map((each, at) => html`<div key=${`gpu${at}`}><dt>GPU ${at}</dt><dd>${each}</dd></div>`)}</dl></section>
    <${Pairs} title="Packages" noun="package" pairs=${Object.entries(packages)} copy=${(/** @type {[string, unknown][]} */ pairs) => pairs.map(([name, version]) => `${name}==${version}`).join("\n")} />
    <${Pairs} title="Variables" noun="variable" pairs=${Object.entries(variables)} copy=${(/** @type {[string, unknown][]} */ pairs) => pairs.map(([name, value]) => `${name}=${value}`).join("\n")} />
  </div>`;
}

/** @param {{title: string, noun: string, pairs: [string, unknown][], copy: (pairs: [string, unknown][]) => string}} props */
function Pairs({ title, noun, pairs, copy }) {
  const [wanted, setWanted] = useState("");
  const sought = wanted.trim().toLowerCase();
  const found = sought ? pairs.filter(([name, value]) => name.toLowerCase().includes(sought) || String(value).toLowerCase().includes(sought)) : pairs;
  return html`<section class="panel part-panel" aria-label=${title}>
    <div class="part-head"><h2>${title} <span class="soft">${formatCount(pairs.length, noun)}</span></h2>
      ${pairs.length > 0 && html`<input type="search" aria-label=${`Search ${title.toLowerCase()}`} placeholder="search" value=${wanted} onInput=${(/** @type {any} */ event) => setWanted(event.target.value)} />
      <button class="quiet" onClick=${() => copyText(copy(found), formatCount(found.length, noun))}>Copy</button>`}</div>
    ${pairs.length === 0 ? html`<p class="soft">None were kept.</p>` : html`<${VirtualRows} label=${title} columns=${["name", noun === "package" ? "version" : "value"]} count=${found.length} cells=${(/** @type {number} */ at) => pair(found[at])} />`}
  </section>`;
}

/** @param {[string, unknown]} pair */
function pair([name, value]) {
  const text = formatPlain(value);
  return [name, html`<code class="cut" title=${text}>${text}</code>`];
}

/** @param {unknown} value */
function formatPlain(value) {
  return value !== null && typeof value === "object" ? JSON.stringify(value) : String(value ?? "");
}

/**
 * @param {Record<string, unknown>} section
 * @param {string} [prefix]
 * @returns {[string, unknown][]}
 */
function flat(section, prefix = "") {
  return Object.entries(section).flatMap(([name, value]) =>
    value !== null && typeof value === "object" && !Array.isArray(value) ? flat(/** @type {Record<string, unknown>} */ (value), `${prefix}${name} `) : [[prefix + name, value]]);
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function worded(name, value) {
  if (typeof value === "number") {
    return name.endsWith("_bytes") ? formatBytes(value) : formatValue(value);
  }
  return formatPlain(value);
}

/** @param {unknown} gpus */
function gpuWords(gpus) {
  return (Array.isArray(gpus) ? gpus : []).map((each) => `${each?.name ?? "?"}${typeof each?.memory_bytes === "number" ? `, ${formatBytes(each.memory_bytes)}` : ""}`);
}
