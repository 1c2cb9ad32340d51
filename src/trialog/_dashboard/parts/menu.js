/** A button that opens a panel: of choices, or of anything. Escape and a click elsewhere close it. */

import { html } from "htm/preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { Icon } from "trialog/parts/icons.js";

/**
 * A button with a panel below it.
 * @param {{label: string, icon?: string, text?: unknown, title?: string, testid?: string, kind?: string, align?: "start" | "end",
 *   children: (close: () => void) => unknown}} props label: what screen readers say; text: what stands on the button
 */
export function Popover({ label, icon, text, title, testid, kind = "", align = "start", children }) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  useEffect(() => {
    if (!isOpen) {
      return undefined;
    }
    const first = root.current?.querySelector(".popover input, .popover button, .popover [tabindex='0']");
    if (first instanceof HTMLElement) {
      first.focus();
    }
    /** @param {Event} event */
    const closeElsewhere = (event) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) {
        setOpen(false);
      }
    };
    document.addEventListener("pointerdown", closeElsewhere);
    return () => document.removeEventListener("pointerdown", closeElsewhere);
  }, [isOpen]);
  useLayoutEffect(() => {
    const panel = root.current?.querySelector(".popover");
    if (isOpen && panel instanceof HTMLElement) {
      bringIntoSight(panel);
    }
  }, [isOpen]);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  };
  return html`<div class="popover-root" ref=${root} onKeyDown=${onKey}>
    <button ref=${button} class=${kind} aria-label=${label} aria-expanded=${isOpen} aria-haspopup="true" title=${title ?? label}
      data-testid=${testid} onClick=${() => setOpen(!isOpen)}>${icon && html`<${Icon} name=${icon} />`}${text}</button>
    ${isOpen && html`<div class=${`popover popover-${align}`}>${children(close)}</div>`}
  </div>`;
}

/** Moves a panel sideways where the part of the page that scrolls would cut it off. @param {HTMLElement} panel */
function bringIntoSight(panel) {
  let around = panel.parentElement;
  while (around && getComputedStyle(around).overflowX === "visible") {
    around = around.parentElement;
  }
  const within = around?.getBoundingClientRect();
  const { left, right } = panel.getBoundingClientRect();
  const least = Math.max(0, within?.left ?? 0) + 4;
  const most = Math.min(innerWidth, within?.right ?? innerWidth) - 4;
  const by = Math.max(least - left, Math.min(0, most - right));
  if (by) {
    panel.style.transform = `translateX(${by}px)`;
  }
}

/**
 * A button with a list of actions; arrow keys move in it.
 * @param {{label: string, icon?: string, text?: unknown, kind?: string, testid?: string, align?: "start" | "end",
 *   items: {label: string, icon?: string, act: () => void, isDanger?: boolean, isOff?: boolean, title?: string}[]}} props
 */
export function Menu({ items, ...button }) {
  return html`<${Popover} ...${button}>${(/** @type {() => void} */ close) => html`<div class="menu" role="menu" onKeyDown=${moveInMenu}>
    ${items.map((item) => html`<button role="menuitem" class=${item.isDanger ? "danger" : ""} disabled=${item.isOff} title=${item.title}
      onClick=${() => { close(); item.act(); }}>${item.icon && html`<${Icon} name=${item.icon} />`}${item.label}</button>`)}
  </div>`}</${Popover}>`;
}

/** @param {KeyboardEvent} event */
function moveInMenu(event) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || !(event.currentTarget instanceof HTMLElement)) {
    return;
  }
  const all = /** @type {HTMLElement[]} */ ([...event.currentTarget.querySelectorAll("[role=menuitem]:not(:disabled)")]);
  const next = all[(all.indexOf(/** @type {HTMLElement} */ (document.activeElement)) + by + all.length) % all.length];
  event.preventDefault();
  next?.focus();
}
