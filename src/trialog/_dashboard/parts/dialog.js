/** A dialog above the page: the browser's own, which keeps the focus inside and closes on Escape. */

import { html } from "htm/preact";
import { useLayoutEffect, useRef } from "preact/hooks";

import { Icon } from "trialog/parts/icons.js";

/** @param {{title: string, onClose: () => void, children?: unknown, kind?: string}} props */
export function Dialog({ title, onClose, children, kind = "" }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useLayoutEffect(() => {  // at once: what is typed next is meant for it
    dialog.current?.showModal();
  }, []);
  /** @param {MouseEvent} event */
  const closeOutside = (event) => {
    if (event.target === dialog.current) {
      onClose();
    }
  };
  return html`<dialog ref=${dialog} class=${`dialog ${kind}`} aria-label=${title} onClose=${onClose} onClick=${closeOutside}>
    <div class="dialog-head"><h2>${title}</h2><button class="quiet" aria-label="Close" onClick=${onClose}><${Icon} name="close" /></button></div>
    <div class="dialog-body">${children}</div>
  </dialog>`;
}
