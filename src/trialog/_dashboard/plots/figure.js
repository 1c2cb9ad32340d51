/** The frame of a plot: its title, what belongs to it, and the same as a table. */

import { html } from "htm/preact";
import { useId, useState } from "preact/hooks";

import { formatNumber } from "trialog/logic/formats.js";
import { Dialog } from "trialog/parts/dialog.js";
import { Icon } from "trialog/parts/icons.js";
import { VirtualRows } from "trialog/parts/virtualrows.js";

/**
 * @param {{title: string, kind?: string, tools?: unknown, children?: unknown, note?: unknown,
 *   table?: {columns: string[], count: number, cells: (at: number) => unknown[]} | null}} props
 */
export function Figure({ title, kind = "", tools, children, note, table = null }) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return html`<section class=${`panel sheet ${kind}`} aria-labelledby=${id}>
    <div class="sheet-head"><h2 id=${id}>${title}</h2>${tools}
      ${table && html`<button class="quiet sheet-table" aria-label=${`${title} as a table`} title="View as table" onClick=${() => setOpen(true)}><${Icon} name="table" /></button>`}</div>
    ${children}
    ${note && html`<p class="soft sheet-note">${note}</p>`}
    ${isOpen && table && html`<${Dialog} title=${title} kind="wide" onClose=${() => setOpen(false)}>
      <p class="soft">${formatNumber(table.count)} rows</p><${VirtualRows} label=${`${title} as a table`} columns=${table.columns} count=${table.count} cells=${table.cells} /></${Dialog}>`}
  </section>`;
}
