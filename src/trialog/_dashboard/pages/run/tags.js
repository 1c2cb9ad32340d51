/** The run's tags: seen, taken away, added. */

import { html } from "htm/preact";
import { useState } from "preact/hooks";

import { mayChange } from "trialog/data/server.js";
import { changeRun } from "trialog/pages/run/state.js";
import { Icon } from "trialog/parts/icons.js";

/** @param {{tags: string[]}} props */
export function Tags({ tags }) {
  const [isAdding, setAdding] = useState(false);
  /** @param {Event} event */
  const add = async (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const some = String(new FormData(form).get("tag")).split(",").map((each) => each.trim()).filter(Boolean);
    if (!some.length || (await changeRun({ add_tags: some }, `Tagged ${some.join(", ")}.`, () => { changeRun({ remove_tags: some }, "Untagged."); }))) {
      setAdding(false);
    }
  };
  /** @param {string} tag */
  const drop = (tag) => changeRun({ remove_tags: [tag] }, `Took the tag ${tag} away.`, () => { changeRun({ add_tags: [tag] }, "Put back."); });
  if (!tags.length && !mayChange.value) {
    return null;
  }
  return html`<div class="run-tags">
    ${tags.map((tag) => html`<span class="tag" key=${tag} title=${tag}><span class="cut">${tag}</span>${mayChange.value && html`<button class="tag-drop" aria-label=${`Take the tag ${tag} away`} onClick=${() => drop(tag)}>×</button>`}</span>`)}
    ${isAdding
      ? html`<form onSubmit=${add} onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === "Escape" && setAdding(false)}>
          <input name="tag" class="tag-input" aria-label="New tag" placeholder="tag" autocomplete="off" ref=${focus} /></form>`
      : mayChange.value && html`<button class="quiet tag-add" data-testid="add-tag" onClick=${() => setAdding(true)}><${Icon} name="add" />tag</button>`}
  </div>`;
}

/** @param {HTMLElement | null} element */
function focus(element) {
  element?.focus();
}
