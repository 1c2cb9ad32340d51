/** The filter: an input that offers what may come next, and says where it is wrong. */

import { effect, signal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";

import { getJson, isAborted } from "trialog/data/api.js";
import { escapeStep } from "trialog/logic/filterkeys.js";
import { formatNumber } from "trialog/logic/formats.js";
import { charactersBefore, cutAt, unitsBefore } from "trialog/logic/spans.js";
import { filterHistory, keepFilter } from "trialog/pages/project/history.js";
import { overview } from "trialog/pages/project/overview.js";
import { filterProblem } from "trialog/pages/project/rows.js";
import { noteUnderstood, selection } from "trialog/pages/project/selection.js";
import { Icon } from "trialog/parts/icons.js";
import { Menu } from "trialog/parts/menu.js";
import { setState } from "trialog/shell/router.js";

const COMPLETE_MS = 70;
const APPLY_MS = 450;
const COMPLAIN_MS = 900;

/**
 * @typedef {{text: string, kind: string, detail: string}} Item
 * @typedef {{message: string, start?: number | null, end?: number | null, suggestion?: string | null}} Problem
 */

const draft = signal("");
const offers = signal(/** @type {{start: number, end: number, items: Item[]} | null} */ (null));
const chosen = signal(-1);
/** What is wrong with the draft, once it is time to say so. */
const problem = signal(/** @type {Problem | null} */ (null));
/** Whether the draft has been typed since the address last changed. */
let isTyped = false;
let isOneStep = false;
/** Whether the list of offers was closed, and stays so until something is asked for again. */
let isDismissed = false;
/** @type {HTMLInputElement | null} */
let input = null;
/** @type {AbortController | null} */
let asked = null;
/** @type {ReturnType<typeof setTimeout>[]} */
let timers = [];

/** Puts the focus into the filter. */
export function focusFilter() {
  input?.focus();
  input?.select();
}

/** The bar. */
export function FilterBar() {
  const root = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => {
    input = root.current;
    const stop = effect(() => {
      const applied = selection.where.value;
      if (!isTyped || document.activeElement !== input) {
        draft.value = applied;
        problem.value = null;
      }
    });
    return () => {
      stop();
      input = null;
      calm();
    };
  }, []);
  const wrong = problem.value ?? (draft.value === selection.where.value ? filterProblem.value : null);
  const items = offers.value?.items ?? [];
  const isOpen = items.length > 0;
  const { value: total } = selection.total;
  const runs = overview.value?.runs;
  return html`<div class="filter-bar" role="search" aria-label="Runs">
    <div class=${`filter-field${wrong ? " is-wrong" : ""}`}>
      <${Icon} name="filter" />
      <input ref=${root} class="filter-input" type="text" role="combobox" aria-label="Filter" aria-expanded=${isOpen} aria-controls="filter-offers" aria-autocomplete="list"
        aria-activedescendant=${isOpen && chosen.value >= 0 ? `offer-${chosen.value}` : undefined} aria-invalid=${wrong !== null} aria-describedby=${wrong ? "filter-problem" : "filter-count"}
        placeholder=${'Filter: lr < 0.01 and max("val/acc") > 0.9'} autocomplete="off" spellcheck=${false} value=${draft.value} data-testid="filter"
        onInput=${onInput} onKeyDown=${onKey} onBlur=${onBlur} onClick=${() => complete(0)} />
      <span class="filter-count" id="filter-count" aria-live="polite" data-testid="count">${total === null ? "" : selection.where.value && runs !== undefined && runs >= total ? `${formatNumber(total)} of ${formatNumber(runs)}` : `${formatNumber(total)} ${total === 1 ? "run" : "runs"}`}</span>
      ${draft.value && html`<button class="quiet" aria-label="Clear the filter" title="Clear the filter" data-testid="clear" onClick=${clear}><${Icon} name="close" /></button>`}
      <ul class="offers" id="filter-offers" role="listbox" aria-label="What may come next" hidden=${!isOpen}>${items.map((item, at) => html`
        <li role="option" id=${`offer-${at}`} key=${item.text} aria-selected=${at === chosen.value} class="offer"
          onPointerDown=${(/** @type {Event} */ event) => { event.preventDefault(); take(item); }}>
          <span class="offer-text">${item.text}</span><span class="offer-kind">${item.detail || item.kind}</span></li>`)}</ul>
    </div>
    ${filterHistory.value.length > 0 && html`<${Menu} label="Filters used before" icon="down" kind="quiet" align="end" testid="history"
      items=${filterHistory.value.map((where) => ({ label: where, act: () => apply(where) }))} />`}
    ${wrong && html`<${Wrong} text=${draft.value} problem=${wrong} />`}
  </div>`;
}

/** The filter again, with a wavy line below what is wrong. @param {{text: string, problem: Problem}} props */
function Wrong({ text, problem: told }) {
  const message = told.message.split("\n")[0];
  const { start, end } = told;
  const parts = typeof start === "number" && typeof end === "number" ? cutAt(text, start, end) : null;
  return html`<div class="filter-problem" id="filter-problem" role="alert" data-testid="filter-problem">
    ${parts && html`<div class="filter-mirror" aria-hidden="true">${parts[0]}<mark>${parts[1]}</mark>${parts[2]}</div>`}
    <div class="filter-message"><${Icon} name="crashed" /><span>${message}</span>
      ${told.suggestion && parts && html`<button class="link" onClick=${() => apply(parts[0] + told.suggestion + parts[2])}>Use ${told.suggestion}</button>`}</div>
  </div>`;
}

/** @param {any} event */
function onInput(event) {
  draft.value = event.target.value;
  isTyped = true;
  problem.value = null;
  complete(COMPLETE_MS);
}

function calm() {
  timers.forEach(clearTimeout);
  timers = [];
  asked?.abort();
}

/** Asks what may come next and what is wrong; then, if nothing is, applies the draft by itself. @param {number} wait */
function complete(wait) {
  calm();
  isDismissed = false;
  timers.push(setTimeout(async () => {
    const text = draft.value;
    const units = input?.selectionStart ?? text.length;
    asked = new AbortController();
    try {
      const found = await getJson("/complete", { project: selection.project.value, text, cursor: charactersBefore(text, units) }, asked.signal);
      if (text !== draft.value || document.activeElement !== input) {
        return;
      }
      const said = text.slice(unitsBefore(text, found.start), unitsBefore(text, found.end));
      const isDone = found.items.length === 1 && found.items[0].text === said;
      offers.value = isDone || isDismissed ? null : { start: unitsBefore(text, found.start), end: unitsBefore(text, found.end), items: found.items };
      chosen.value = -1;
      if (isTyped) {
        const wrong = /** @type {Problem | null} */ (found.problem);
        timers.push(setTimeout(() => (wrong ? complain(text, wrong) : applyLive(text)), wrong ? COMPLAIN_MS : APPLY_MS));
      }
    } catch (error) {
      if (!isAborted(error)) {
        offers.value = null;
      }
    }
  }, wait));
}

/** @param {string} text @param {Problem} wrong */
function complain(text, wrong) {
  if (text === draft.value) {
    problem.value = wrong;
  }
}

/** One step for the back button, however many letters are typed. @param {string} text */
function applyLive(text) {
  if (text === draft.value && text.trim() !== selection.where.value) {
    noteUnderstood(text.trim());
    setState({ where: text.trim() }, { replace: isOneStep });
    isOneStep = true;
  }
}

/** @param {string} text */
function apply(text) {
  calm();
  draft.value = text;
  offers.value = null;
  problem.value = null;
  isTyped = false;
  isOneStep = false;
  setState({ where: text.trim() });
  keepFilter(selection.project.value, text.trim());
}

function clear() {
  apply("");
  input?.focus();
}

function onBlur() {
  calm();
  offers.value = null;
  if (isTyped && draft.value.trim() !== selection.where.value) {
    check(draft.value);
  }
  isOneStep = false;
}

/** Applies what was typed when the field is left, unless it is wrong. @param {string} text */
async function check(text) {
  try {
    const found = await getJson("/complete", { project: selection.project.value, text });
    if (found.problem) {
      complain(text, found.problem);
    } else if (text === draft.value) {
      noteUnderstood(text.trim());
      apply(text);
    }
  } catch {
    // the table says that the server does not answer
  }
}

/** @param {Item} item */
function take(item) {
  const place = offers.value;
  if (!place || !input) {
    return;
  }
  const rest = draft.value.slice(place.end);
  const isOpen = /[([]$/.test(item.text);
  const gap = isOpen || rest.startsWith(" ") || rest.startsWith(")") ? "" : " ";
  const before = draft.value.slice(0, place.start) + item.text + gap;
  draft.value = before + rest;
  isTyped = true;
  problem.value = null;
  const at = before.length + (rest.startsWith(" ") && !isOpen ? 1 : 0);
  input.value = draft.value;  // now: what is typed next must find it there
  input.focus();
  input.setSelectionRange(at, at);
  offers.value = null;
  complete(0);
}

/** One step back at each press. */
function escape() {
  const applied = selection.where.value;
  const step = escapeStep({ isListOpen: offers.value !== null, isListDue: isTyped && !isDismissed, draft: draft.value.trim(), applied });
  if (step === "close") {
    isDismissed = true;
    offers.value = null;
  } else if (step === "give back") {
    calm();
    draft.value = applied;
    isTyped = false;
    problem.value = null;
  } else {
    input?.blur();
  }
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const items = offers.value?.items ?? [];
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (items.length > 0) {
      const by = event.key === "ArrowDown" ? 1 : -1;
      chosen.value = (chosen.value + by + items.length + (chosen.value < 0 && by < 0 ? 1 : 0)) % items.length;
      document.getElementById(`offer-${chosen.value}`)?.scrollIntoView({ block: "nearest" });
    } else {
      complete(0);
    }
  } else if (event.key === "Tab" && items.length > 0 && chosen.value >= 0) {
    take(items[chosen.value]);
  } else if (event.key === "Enter") {
    if (items.length > 0 && chosen.value >= 0) {
      take(items[chosen.value]);
    } else {
      apply(draft.value);
    }
  } else if (event.key === "Escape") {
    escape();
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}
