/** One menu that opens where it is asked for, above everything: at the pointer, or below what was pressed. */

import { signal } from "@preact/signals";
import { html } from "htm/preact";
import { useLayoutEffect, useRef } from "preact/hooks";

import { Icon } from "trialog/parts/icons.js";

/**
 * @typedef {{label: string, icon?: string, act: () => void, isDanger?: boolean, isOff?: boolean, isApart?: boolean, hint?: string, title?: string}} Item
 * isApart: a line stands above it; hint: the key that does the same; title: more of it, as why it is off
 * @typedef {{x: number, y: number, label: string, items: Item[], from: Element | null}} Opened
 */

const opened = signal(/** @type {Opened | null} */ (null));

/**
 * @param {{x: number, y: number} | Element} at where it opens
 * @param {string} label what screen readers say
 * @param {Item[]} items
 */
export function openMenu(at, label, items) {
  const from = document.activeElement;
  if (at instanceof Element) {
    const { left, bottom } = at.getBoundingClientRect();
    opened.value = { x: left, y: bottom + 2, label, items, from };
  } else {
    opened.value = { x: at.x, y: at.y, label, items, from };
  }
}

/** Where it is drawn; once on a page. */
export function FloatingMenu() {
  const menu = opened.value;
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  useLayoutEffect(() => {
    const element = root.current;
    if (!menu || !element) {
      return undefined;
    }
    const { width, height } = element.getBoundingClientRect();
    element.style.left = `${Math.max(4, Math.min(menu.x, innerWidth - width - 4))}px`;
    element.style.top = `${Math.max(4, Math.min(menu.y, innerHeight - height - 4))}px`;
    /** @type {HTMLElement | null} */ (element.querySelector("[role=menuitem]:not(:disabled)"))?.focus();
    /** @param {Event} event */
    const closeElsewhere = (event) => {
      if (!(event.target instanceof Node && element.contains(event.target))) {
        close(false);
      }
    };
    document.addEventListener("pointerdown", closeElsewhere, true);
    addEventListener("resize", closeElsewhere);
    return () => {
      document.removeEventListener("pointerdown", closeElsewhere, true);
      removeEventListener("resize", closeElsewhere);
    };
  }, [menu]);
  if (!menu) {
    return null;
  }
  return html`<div class="floating menu" role="menu" aria-label=${menu.label} ref=${root} onKeyDown=${onKey}>
    ${menu.items.map((item) => html`${item.isApart && html`<hr />`}
      <button role="menuitem" class=${item.isDanger ? "danger" : ""} disabled=${item.isOff} title=${item.title} onClick=${() => { close(true); item.act(); }}>
        ${item.icon && html`<${Icon} name=${item.icon} />`}<span>${item.label}</span>${item.hint && html`<kbd>${item.hint}</kbd>`}
      </button>`)}
  </div>`;
}

/** @param {boolean} isBack the focus goes back to where it was */
function close(isBack) {
  const from = opened.value?.from;
  opened.value = null;
  if (isBack && from instanceof HTMLElement) {
    from.focus();
  }
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const items = /** @type {HTMLElement[]} */ ([...(/** @type {HTMLElement} */ (event.currentTarget)).querySelectorAll("[role=menuitem]:not(:disabled)")]);
  const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
  if (to !== undefined) {
    items[to % items.length]?.focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    close(true);
  } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && event.key !== " ") {
    const letter = event.key.toLowerCase();
    [...items.slice(at + 1), ...items].find((item) => item.textContent?.trim().toLowerCase().startsWith(letter))?.focus();
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}
