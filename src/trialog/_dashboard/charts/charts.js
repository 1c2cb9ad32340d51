/** All charts of some runs: the bar of controls, sections of cards, only those in sight drawn. */

import { html } from "htm/preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

import { makeBoard } from "trialog/charts/board.js";
import { Card } from "trialog/charts/card.js";
import { CHART_KEYS } from "trialog/charts/chartkeys.js";
import { Controls } from "trialog/charts/controls.js";
import { rowsOf, sectionsOf, movePanel, turnPanel } from "trialog/logic/panels.js";
import { formatCount } from "trialog/logic/formats.js";
import { Icon } from "trialog/parts/icons.js";
import { Dialog } from "trialog/parts/dialog.js";
import { Empty, Waiting } from "trialog/parts/states.js";
import { addKeyNotes, addShortcuts } from "trialog/shell/keyboard.js";

const SIZES = { head: 38, gap: 12, extra: 70 };
const CARD_PX = 330; // the least width of a card, where the user has not said how many columns there are
const NARROW_PX = 420;

/**
 * @typedef {import("trialog/charts/board.js").Board} Board
 * @typedef {import("trialog/logic/panels.js").Row} Row
 * @param {{source: import("trialog/charts/source.js").ChartSource, only?: (metric: string) => boolean, isLean?: boolean}} props
 *   only: of the metrics, those to show; isLean: without the bar of controls
 */
export function Charts({ source, only, isLean = false }) {
  const board = useMemo(() => makeBoard(source), [source]);
  useEffect(() => addShortcuts(shortcutsOf(board)), [board]);
  useEffect(() => addKeyNotes(CHART_KEYS), []);
  const metrics = source.metrics.value;
  const shown = metrics && only ? metrics.filter(only) : metrics;
  return html`<section class="charts" aria-label="Charts" data-testid="charts" data-state=${shown ? "ready" : "loading"}>
    ${!isLean && html`<${Controls} board=${board} metrics=${shown ?? []} />`}
    ${!shown ? html`<${Waiting} what="the charts" />` : shown.length === 0 && !board.layout.value.added.length
      ? html`<${Empty} title="No metrics yet."><span>A chart appears here with the first <code>run.log("loss", 0.3)</code>.</span></${Empty}>`
      : html`<${Grid} board=${board} metrics=${shown} />`}
  </section>`;
}

/** @param {Board} board */
function shortcutsOf(board) {
  return [
    { key: "l", label: "Logarithmic y axis", act: () => board.change({ y: board.look.value.isLogY ? null : "log" }) },
  ];
}

/** @param {{board: Board, metrics: readonly string[]}} props */
function Grid({ board, metrics }) {
  const host = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [view, setView] = useState({ width: 0, from: 0, to: 0, height: 0 });
  const layout = board.layout.value;
  const search = board.search.value;
  const sections = useMemo(() => sectionsOf(metrics, layout, search), [metrics, layout, search]);
  const columns = layout.columns || Math.max(1, Math.floor((view.width + SIZES.gap) / (CARD_PX + SIZES.gap)));
  const isNarrow = view.width < NARROW_PX;
  const { rows, height } = useMemo(() => rowsOf(sections, layout, isNarrow ? 1 : columns, SIZES), [sections, layout, columns, isNarrow]);
  useLayoutEffect(() => {
    const element = host.current;
    if (!element) {
      return undefined;
    }
    const look = () => {
      const next = measure(element);
      setView((old) => (old.width === next.width && old.from === next.from && old.to === next.to ? old : next));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    addEventListener("scroll", look, { capture: true, passive: true });
    addEventListener("resize", look, { passive: true });
    return () => {
      observer.disconnect();
      removeEventListener("scroll", look, { capture: true });
      removeEventListener("resize", look);
    };
  }, []);
  const isIn = (/** @type {Row} */ row, /** @type {number} */ room) => row.top + row.height > view.from - room && row.top < view.to + room;
  const mounted = view.width ? rows.filter((row) => isIn(row, view.height)) : [];
  const full = board.full.value ? sections.flatMap((section) => section.panels).find((panel) => panel.id === board.full.value) : null;
  return html`<div class="chart-grid" ref=${host} style=${{ height: `${height}px` }}>
    ${sections.length === 0 && html`<${Empty} title="No chart has such a name." />`}
    ${mounted.map((row) => (row.kind === "head"
      ? html`<${Head} key=${`head ${row.section.name}`} board=${board} row=${row} />`
      : html`<div class="chart-row" key=${`row ${row.section.name} ${row.panels[0].id}`} style=${{ transform: `translateY(${row.top}px)`, gridTemplateColumns: `repeat(${row.columns}, minmax(0, 1fr))` }}>
        ${row.panels.map((panel) => html`<div class="chart-cell" key=${panel.id} onDragOver=${allowDrop} onDrop=${(/** @type {DragEvent} */ event) => drop(board, row, panel.id, event)} onDragStart=${(/** @type {DragEvent} */ event) => drag(panel.id, event)}>
          <${Card} board=${board} panel=${panel} section=${row.section} height=${layout.height} isVisible=${isIn(row, 150)} />
        </div>`)}
      </div>`))}
    ${full && html`<${Dialog} title=${full.title} kind="full-chart" onClose=${() => { board.full.value = ""; }}>
      <${Neighbours} board=${board} panels=${sections.flatMap((section) => section.panels)} />
      <${Card} key=${full.id} board=${board} panel=${full} height=${Math.max(240, innerHeight - 220)} isVisible=${true} isFull=${true} />
    </${Dialog}>`}
  </div>`;
}

/** To the chart before and the next one. @param {{board: Board, panels: import("trialog/logic/panels.js").Panel[]}} props */
function Neighbours({ board, panels }) {
  const at = panels.findIndex((panel) => panel.id === board.full.value);
  const to = (/** @type {number} */ by) => { board.full.value = panels[(at + by + panels.length) % panels.length].id; };
  return html`<div class="neighbours">
    <button class="quiet" onClick=${() => to(-1)}><${Icon} name="left" />Previous</button>
    <span class="soft">${at + 1} of ${formatCount(panels.length, "chart")}</span>
    <button class="quiet" onClick=${() => to(1)}>Next<${Icon} name="right" /></button>
  </div>`;
}

/** @param {{board: Board, row: Row}} props */
function Head({ board, row }) {
  const { section } = row;
  return html`<h2 class="chart-section" style=${{ transform: `translateY(${row.top}px)` }}>
    <button class="quiet" aria-expanded=${!section.isFolded} data-testid="section" data-section=${section.name}
      onClick=${() => board.setLayout(turnPanel(board.layout.value, "turned", section.name))}>
      <${Icon} name=${section.isFolded ? "right" : "down"} />${section.name}<span class="soft">${section.panels.length}</span>
    </button>
  </h2>`;
}

/** What of the grid is in sight, in its own pixels. @param {HTMLElement} element */
function measure(element) {
  const box = element.getBoundingClientRect();
  let [top, bottom] = [0, innerHeight];
  for (let parent = element.parentElement; parent; parent = parent.parentElement) {
    const { overflowY } = getComputedStyle(parent);
    if (overflowY === "auto" || overflowY === "scroll") {
      const outer = parent.getBoundingClientRect();
      top = Math.max(top, outer.top);
      bottom = Math.min(bottom, outer.bottom);
      break;
    }
  }
  const step = 40; // so that not every pixel of a scroll makes the page think
  return {
    width: Math.floor(box.width),
    from: Math.floor((top - box.top) / step) * step,
    to: Math.ceil((bottom - box.top) / step) * step,
    height: Math.max(200, bottom - top),
  };
}

const DRAGGED = "application/x-trialog-panel";

/** @param {string} id @param {DragEvent} event */
function drag(id, event) {
  event.dataTransfer?.setData(DRAGGED, id);
}

/** @param {DragEvent} event */
function allowDrop(event) {
  if (event.dataTransfer?.types.includes(DRAGGED)) {
    event.preventDefault();
  }
}

/** @param {Board} board @param {Row} row @param {string} before @param {DragEvent} event */
function drop(board, row, before, event) {
  const id = event.dataTransfer?.getData(DRAGGED);
  const ids = row.section.panels.map((panel) => panel.id);
  if (id && id !== before && ids.includes(id)) {
    event.preventDefault();
    const isLater = ids.indexOf(id) < ids.indexOf(before);
    board.setLayout(movePanel(board.layout.value, row.section, id, isLater ? ids[ids.indexOf(before) + 1] ?? null : before));
  }
}
