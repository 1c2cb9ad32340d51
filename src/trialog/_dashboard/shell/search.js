/** Ctrl-K: to any project or run by a few letters of its name. */

import { signal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

import { getJson, isAborted } from "trialog/data/api.js";
import { formatAge } from "trialog/logic/formats.js";
import { projectPath, runPath } from "trialog/logic/url.js";
import { Dialog } from "trialog/parts/dialog.js";
import { Icon } from "trialog/parts/icons.js";
import { StatusBadge } from "trialog/parts/status.js";
import { announceError } from "trialog/shell/announcer.js";
import { addShortcuts } from "trialog/shell/keyboard.js";
import { go } from "trialog/shell/router.js";

const PAUSE_MS = 120;

/** @typedef {import("trialog/api.d.ts").Found} Found */
/** @typedef {{path: string, key: string, row: unknown}} Choice */

const isOpen = signal(false);
const text = signal("");
const chosen = signal(0);
/** @type {import("@preact/signals").Signal<Found>} */
const found = signal(/** @type {Found} */ ({ projects: [], runs: [] }));

/** The button in the bar, and the dialog it opens. */
export function Search() {
  useEffect(() => addShortcuts([{ key: "Ctrl+k", label: "Search projects and runs", act: open }]), []);
  return html`
    <button class="search-button" onClick=${open} data-testid="search" title="Search projects and runs">
      <${Icon} name="search" /><span>Search</span><kbd aria-hidden="true">Ctrl K</kbd></button>
    ${isOpen.value && html`<${SearchDialog} />`}`;
}

function open() {
  text.value = "";
  found.value = { projects: [], runs: [] };
  chosen.value = 0;
  isOpen.value = true;
}

function close() {
  isOpen.value = false;
}

function SearchDialog() {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => input.current?.focus(), []);
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => look(text.value, abort.signal), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text.value]);
  const choices = choicesOf(found.value);
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && choices.length) {
      event.preventDefault();
      chosen.value = (chosen.value + by + choices.length) % choices.length;
    } else if (event.key === "Enter" && choices[chosen.value]) {
      event.preventDefault();
      close();
      go(choices[chosen.value].path);
    }
  };
  return html`<${Dialog} title="Search" onClose=${close}>
    <input ref=${input} type="search" class="search-input" role="combobox" aria-label="A part of a name, or an id" aria-expanded=${choices.length > 0}
      aria-controls="search-found" aria-activedescendant=${choices.length ? `found-${chosen.value}` : undefined} autocomplete="off" spellcheck=${false}
      placeholder="A part of a name, or an id" value=${text.value} onKeyDown=${onKey}
      onInput=${(/** @type {InputEvent} */ event) => { text.value = /** @type {HTMLInputElement} */ (event.target).value; chosen.value = 0; }} />
    <ul id="search-found" class="search-found" role="listbox" aria-label="Found">
      ${choices.map((choice, place) => html`<li key=${choice.key} id=${`found-${place}`} role="option" aria-selected=${place === chosen.value}
        onClick=${() => { close(); go(choice.path); }} onPointerMove=${() => { chosen.value = place; }}>${choice.row}</li>`)}
    </ul>
    ${text.value.trim() && !choices.length && html`<p class="soft search-none">Nothing has this in its name.</p>`}
  </${Dialog}>`;
}

/**
 * @param {string} wanted
 * @param {AbortSignal} abort
 */
async function look(wanted, abort) {
  if (!wanted.trim()) {
    found.value = { projects: [], runs: [] };
    return;
  }
  try {
    found.value = await getJson("/search", { text: wanted }, abort);
  } catch (error) {
    if (!isAborted(error)) {
      announceError(error);
    }
  }
}

/**
 * @param {Found} some
 * @returns {Choice[]}
 */
function choicesOf(some) {
  return [
    ...some.projects.map((each) => ({
      path: projectPath(each.namespace, each.project),
      key: `${each.namespace}/${each.project}`,
      row: html`<${Icon} name="table" /><span class="cut">${each.namespace}/${each.project}</span><span class="soft">project</span>`,
    })),
    ...some.runs.map((run) => ({
      path: runPath(run),
      key: run.id,
      row: html`<${StatusBadge} status=${run.status} isShort=${true} /><span class="cut">${run.name}</span>
        <span class="soft cut">${run.namespace}/${run.project} · ${formatAge(run.created_ns)}</span>`,
    })),
  ];
}
