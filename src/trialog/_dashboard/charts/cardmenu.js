/** What can be done with a chart: the buttons at its head. What is behind them is loaded when it is first wanted. */

import { html } from "htm/preact";
import { useState } from "preact/hooks";

import { movePanel, removePanel, turnPanel } from "trialog/logic/panels.js";
import { Icon } from "trialog/parts/icons.js";
import { Menu } from "trialog/parts/menu.js";
import { announce, announceError } from "trialog/shell/announcer.js";

/**
 * @typedef {import("trialog/charts/card.js").CardState} CardState
 * @typedef {typeof import("trialog/charts/saving.js")} Saving
 * @param {{board: import("trialog/charts/board.js").Board, panel: import("trialog/logic/panels.js").Panel,
 *   section?: import("trialog/logic/panels.js").Section, state: CardState, isFull: boolean}} props
 */
export function CardMenu({ board, panel, section, state, isFull }) {
  const [Table, setTable] = useState(/** @type {{Dialog: Function} | null} */ (null));
  const layout = board.layout.value;
  const isPinned = layout.pinned.includes(panel.id);
  const ids = section?.panels.map((each) => each.id) ?? [];
  const at = ids.indexOf(panel.id);
  const isWide = layout.wide.includes(panel.id);
  /** @param {(saving: Saving) => unknown} act */
  const withSaving = (act) => () => { import("trialog/charts/saving.js").then(act).catch(announceError); };
  const items = [
    { label: "View as table", icon: "table", act: withSaving(({ TableDialog }) => setTable({ Dialog: TableDialog })) },
    { label: "Save as PNG", icon: "download", act: withSaving(({ savePng }) => savePng(state)) },
    { label: "Save as SVG", icon: "download", act: withSaving(({ saveSvg }) => saveSvg(state)) },
    { label: "Save what is drawn as CSV", icon: "download", act: withSaving(({ saveDrawn }) => saveDrawn(state)) },
    { label: "Save all points as CSV", icon: "download", act: withSaving(({ savePoints }) => savePoints(state)) },
    ...(section ? [
      { label: isWide ? "As narrow as others" : "As wide as the page", icon: "columns", act: () => board.setLayout(turnPanel(layout, "wide", panel.id)) },
      { label: "Move to the front", icon: "up", isOff: at <= 0, act: () => board.setLayout(movePanel(layout, section, panel.id, ids[0])) },
      { label: "Move back by one", icon: "left", isOff: at <= 0, act: () => board.setLayout(movePanel(layout, section, panel.id, ids[at - 1])) },
      { label: "Move on by one", icon: "right", isOff: at < 0 || at >= ids.length - 1, act: () => board.setLayout(movePanel(layout, section, panel.id, ids[at + 2] ?? null)) },
      { label: "Remove", icon: "trash", act: () => {
        board.setLayout(removePanel(layout, panel));
        announce(`Removed ${panel.title}.`, { undo: () => board.setLayout(layout) });
      } },
    ] : []),
  ];
  return html`<div class="card-tools">
    ${section && html`<button class="quiet" aria-pressed=${isPinned} aria-label=${`Pin ${panel.title} above all sections`} title=${isPinned ? "Unpin" : "Pin above all sections"}
      onClick=${() => board.setLayout(turnPanel(layout, "pinned", panel.id))}><${Icon} name="pin" /></button>`}
    <button class="quiet" aria-label=${isFull ? "Close the full screen" : `Show ${panel.title} on the full screen`} title=${isFull ? "Close (f)" : "Full screen (f)"}
      data-testid="full" onClick=${() => { board.full.value = isFull ? "" : panel.id; }}><${Icon} name=${isFull ? "close" : "full"} /></button>
    <${Menu} label=${`More for ${panel.title}`} icon="more" kind="quiet" align="end" items=${items} testid="card-menu" />
    ${Table && html`<${Table.Dialog} title=${panel.title} state=${state} onClose=${() => setTable(null)} />`}
  </div>`;
}
