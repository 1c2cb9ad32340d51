/** The run's parameters: a tree of their names, found by a text, copied as other programs read them. */

import { html } from "htm/preact";
import { useState } from "preact/hooks";

import { formatCount, formatTime } from "trialog/logic/formats.js";
import { asJson, asPython, asYaml, foundParameters, parameterTree, treeRows } from "trialog/logic/parametertree.js";
import { useAsked } from "trialog/pages/run/state.js";
import { copyText } from "trialog/parts/copy.js";
import { Dialog } from "trialog/parts/dialog.js";
import { Icon } from "trialog/parts/icons.js";
import { Menu } from "trialog/parts/menu.js";
import { Empty, Failure, Waiting } from "trialog/parts/states.js";
import { VirtualRows } from "trialog/parts/virtualrows.js";

/** @typedef {import("trialog/logic/parametertree.js").Row} Row */

/** The part. */
export function Parameters() {
  const { data, failure, again } = useAsked("/parameters");
  const [wanted, setWanted] = useState("");
  const [closed, setClosed] = useState(/** @type {ReadonlySet<string>} */ (new Set()));
  const [changed, setChanged] = useState("");
  if (failure) {
    return html`<${Failure} error=${failure} again=${again} />`;
  }
  if (!data) {
    return html`<${Waiting} what="the parameters" />`;
  }
  const all = /** @type {import("trialog/api.d.ts").ParameterShape[]} */ (data.parameters);
  if (!all.length) {
    return html`<${Empty} title="The run has no parameters."><span>Log some: <code>run.log_parameters({"lr": 0.1})</code></span></${Empty}>`;
  }
  const found = foundParameters(all, wanted);
  const rows = treeRows(parameterTree(found), wanted ? new Set() : closed);
  /** @param {string} path */
  const toggle = (path) => {
    const next = new Set(closed);
    next[next.has(path) ? "delete" : "add"](path);
    setClosed(next);
  };
  const what = found.length < all.length ? `${found.length} parameters` : "all parameters";
  return html`<div class="panel part-panel">
    <div class="part-head">
      <h2>Parameters <span class="soft">${found.length < all.length ? `${found.length} of ` : ""}${formatCount(all.length, "parameter")}</span></h2>
      <input type="search" aria-label="Search parameters" placeholder="search" data-testid="search-parameters" value=${wanted} onInput=${(/** @type {any} */ event) => setWanted(event.target.value)} />
      <${Menu} label="Copy the parameters" icon="copy" text="Copy" align="end" testid="copy-parameters" items=${[
        { label: "as JSON", act: () => copyText(asJson(found), `${what} as JSON`) },
        { label: "as YAML", act: () => copyText(asYaml(found), `${what} as YAML`) },
        { label: "as Python dict", act: () => copyText(asPython(found), `${what} as a Python dict`) },
      ]} />
    </div>
    ${found.length === 0 && html`<${Empty} title="No parameter has that in its name or value." />`}
    ${found.length > 0 && html`<${VirtualRows} label="Parameters" columns=${["name", "value", "type"]} kind="parameter-rows" count=${rows.length}
      cells=${(/** @type {number} */ at) => cells(rows[at], toggle, setChanged)} />`}
    ${changed && html`<${History} name=${changed} onClose=${() => setChanged("")} />`}
  </div>`;
}

/**
 * @param {Row} row
 * @param {(path: string) => void} toggle
 * @param {(name: string) => void} showHistory
 */
function cells({ label, path, depth, parameter, size, isOpen }, toggle, showHistory) {
  const indent = { paddingInlineStart: `${Math.min(depth, 12) * 16}px` };
  if (!parameter) {
    return [html`<span class="tree-name" style=${indent}><button class="quiet tree-turn" aria-expanded=${isOpen} onClick=${() => toggle(path)}>
      <${Icon} name=${isOpen ? "down" : "right"} />${label}</button><span class="soft">${size}</span></span>`, "", ""];
  }
  return [
    html`<span class="tree-name tree-leaf" style=${indent} title=${parameter.name}>${label}</span>`,
    html`<code class="cut" title=${parameter.text}>${parameter.text}</code>${parameter.changes > 1 && html` <button class="link" onClick=${() => showHistory(parameter.name)}>${parameter.changes} values</button>`}`,
    html`<span class="soft">${parameter.kind}</span>`,
  ];
}

/** @param {{name: string, onClose: () => void}} props */
function History({ name, onClose }) {
  const { data, failure } = useAsked("/parameter", { name });
  return html`<${Dialog} title=${`All values of ${name}`} onClose=${onClose}>
    ${failure ? html`<${Failure} error=${failure} />` : !data ? html`<${Waiting} what="the values" />` : html`<table class="plain">
      <thead><tr><th scope="col">since</th><th scope="col">value</th></tr></thead>
      <tbody>${/** @type {import("trialog/api.d.ts").MomentShape[]} */ (data.moments).map((each, at) => html`<tr key=${at}><td>${formatTime(each.time_ns)}</td><td><code>${each.text}</code></td></tr>`)}</tbody></table>`}
  </${Dialog}>`;
}
