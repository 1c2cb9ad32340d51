/** A field that finds runs of the project by a part of their names, and adds them. */

import { signal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";

import { isAborted, postJson } from "trialog/data/api.js";
import { quoted } from "trialog/logic/operands.js";
import { addRun, ids, MOST_RUNS, project } from "trialog/pages/compare/state.js";
import { StatusBadge } from "trialog/parts/status.js";
import { announceError } from "trialog/shell/announcer.js";

const PAUSE_MS = 120;
const SHOWN = 12;

/** @typedef {{id: string, name: string, status: string}} Choice */

const text = signal("");
const isOpen = signal(false);
const chosen = signal(0);
/** @type {import("@preact/signals").Signal<Choice[]>} */
const choices = signal(/** @type {Choice[]} */ ([]));

/** The field. */
export function AddRun() {
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const wanted = text.value;
  const known = ids.value.join(",");
  useEffect(() => {
    if (!isOpen.value) {
      return undefined;
    }
    const abort = new AbortController();
    const timer = setTimeout(() => { void look(wanted, abort.signal); }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [wanted, isOpen.value, known, project.value]);
  /** @param {Choice | undefined} choice */
  const take = (choice) => {
    if (choice) {
      text.value = "";
      chosen.value = 0;
      choices.value = choices.value.filter((each) => each.id !== choice.id);
      addRun(choice.id);
    }
  };
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && choices.value.length) {
      event.preventDefault();
      isOpen.value = true;
      chosen.value = (chosen.value + by + choices.value.length) % choices.value.length;
    } else if (event.key === "Enter" && isOpen.value) {
      event.preventDefault();
      take(choices.value[chosen.value]);
    } else if (event.key === "Escape" && isOpen.value) {
      event.preventDefault();
      isOpen.value = false;
    }
  };
  /** @param {FocusEvent} event */
  const leave = (event) => {
    if (!(event.relatedTarget instanceof Node && root.current?.contains(event.relatedTarget))) {
      isOpen.value = false;
    }
  };
  const isFull = ids.value.length >= MOST_RUNS;
  const isListed = isOpen.value && choices.value.length > 0;
  return html`<div class="add-run" ref=${root} onFocusOut=${leave}>
    <input type="text" role="combobox" aria-label="Add a run by its name" placeholder=${isFull ? `${MOST_RUNS} runs at most` : "Add a run by its name"} disabled=${isFull}
      aria-expanded=${isListed} aria-controls="add-run-found" aria-autocomplete="list" aria-activedescendant=${isListed ? `add-run-${chosen.value}` : undefined}
      autocomplete="off" spellcheck=${false} data-testid="add-run" value=${wanted} onKeyDown=${onKey}
      onFocus=${() => { isOpen.value = true; }} onClick=${() => { isOpen.value = true; }}
      onInput=${(/** @type {any} */ event) => { text.value = event.target.value; chosen.value = 0; isOpen.value = true; }} />
    <ul id="add-run-found" class="popover add-run-found" role="listbox" aria-label="Runs of this project" hidden=${!isListed}>
      ${isListed && choices.value.map((choice, at) => html`<li key=${choice.id} id=${`add-run-${at}`} role="option" aria-selected=${at === chosen.value}
        onPointerDown=${(/** @type {Event} */ event) => event.preventDefault()} onPointerMove=${() => { chosen.value = at; }} onClick=${() => take(choice)}>
        <${StatusBadge} status=${choice.status} isShort=${true} /><span class="cut">${choice.name}</span></li>`)}
    </ul>
  </div>`;
}

/**
 * @param {string} wanted
 * @param {AbortSignal} abort
 */
async function look(wanted, abort) {
  const words = wanted.trim();
  const where = words ? `${quoted(words)} in name or id == ${quoted(words)}` : "";
  const known = new Set(ids.value);
  try {
    const page = await postJson("/runs", { project: project.value, where, limit: SHOWN + known.size, columns: [] }, abort);
    choices.value = /** @type {string[]} */ (page.ids).map((id, at) => ({ id, name: page.names[at], status: page.statuses[at] }))
      .filter((choice) => !known.has(choice.id)).slice(0, SHOWN);
    chosen.value = 0;
  } catch (error) {
    if (!isAborted(error)) {
      announceError(error);
    }
  }
}
