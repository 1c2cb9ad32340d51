/** Keys that work anywhere on a page. A page adds its own while it is shown. */

import { signal } from "@preact/signals";

/**
 * @typedef {{key: string, label: string, act: (event: KeyboardEvent) => void}} Shortcut
 * key: as in `KeyboardEvent.key`, with `Ctrl+` before it where that must be held (or ⌘).
 */

/** @type {import("@preact/signals").Signal<Shortcut[]>} */
export const shortcuts = signal(/** @type {Shortcut[]} */ ([]));

/**
 * @typedef {{title: string, keys: readonly (readonly [string, string])[]}} KeyNotes
 * Keys that something on the page answers to by itself, once it has the focus: each key, or keys with blanks between, and what it does.
 */

/** @type {import("@preact/signals").Signal<KeyNotes[]>} */
export const keyNotes = signal(/** @type {KeyNotes[]} */ ([]));

/**
 * Tells of keys for as long as they work. What is told of twice, by two parts of one kind, is listed once.
 * @param {KeyNotes} notes
 * @returns {() => void} takes them away again
 */
export function addKeyNotes(notes) {
  keyNotes.value = [...keyNotes.peek(), notes];
  return () => {
    const at = keyNotes.peek().indexOf(notes);
    keyNotes.value = keyNotes.peek().filter((_, place) => place !== at);
  };
}

/**
 * Adds shortcuts; the ones added last come first. In a component: `useEffect(() => addShortcuts([…]), [])`.
 * @param {Shortcut[]} some
 * @returns {() => void} takes them away again
 */
export function addShortcuts(some) {
  shortcuts.value = [...some, ...shortcuts.value];
  return () => {
    shortcuts.value = shortcuts.value.filter((each) => !some.includes(each));
  };
}

/** Listens. */
export function startKeyboard() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey) {
      return;
    }
    const isHeld = event.ctrlKey || event.metaKey;
    if (!isHeld && isTyping(event.target)) {
      return;
    }
    const wanted = isHeld ? `Ctrl+${event.key.toLowerCase()}` : event.key;
    const found = shortcuts.value.find((each) => each.key === wanted);
    if (found) {
      event.preventDefault();
      found.act(event);
    }
  });
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement
    && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(checkbox|radio|range|button)$/.test(target.getAttribute("type") ?? ""));
}
