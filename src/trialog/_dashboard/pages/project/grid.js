/** The table of runs: a grid that draws only what is seen, is moved in by keys, and scrolls by itself. */

import { effect, signal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";

import { lineStyle } from "trialog/logic/colours.js";
import { columnWindow, rowWindow, scrollAcross, scrollTo } from "trialog/logic/rowwindow.js";
import { Head } from "trialog/pages/project/head.js";
import { onGridClick, onGridContext, onGridKey } from "trialog/pages/project/keys.js";
import { cellId, HEAD, LEADING, LEADING_WIDTHS, ROW, widthNow } from "trialog/pages/project/layout.js";
import { active, lines } from "trialog/pages/project/lines.js";
import { LineRow } from "trialog/pages/project/row.js";
import { book, chosenRows, lookAt } from "trialog/pages/project/rows.js";
import { selection } from "trialog/pages/project/selection.js";
import { columns, nameWidth } from "trialog/pages/project/wishes.js";
import { isDark } from "trialog/shell/theme.js";

const ACROSS = 80; // pixels, so that not every one of a scroll draws anew

const seen = signal({ first: 0, end: 40, slots: 40 });
const across = signal({ left: 0, width: 480 });
/** Of all columns, as the table stands now. @type {number[]} */
let widthsNow = [];
/** @type {HTMLDivElement | null} */
let scroller = null;

/** Moves to a cell, and brings it into sight. @param {number} line @param {number} column */
export function moveTo(line, column) {
  const { count, apart } = lines.peek();
  const next = { line: Math.max(-1, Math.min(count - 1, line)), column: Math.max(0, Math.min(columns.peek().length + LEADING - 1, column)) };
  active.value = next;
  if (!scroller) {
    return;
  }
  if (next.line >= apart) {
    const height = scroller.clientHeight - HEAD - apart * ROW;
    scroller.scrollTop = scrollTo({ place: next.line - apart, top: scroller.scrollTop, height, row: ROW });
  }
  const staying = LEADING + columns.peek().filter((column) => column.isFrozen).length;
  scroller.scrollLeft = scrollAcross({ column: next.column, left: scroller.scrollLeft, width: scroller.clientWidth, widths: widthsNow, staying });
  look();
}

/** Brings the first columns into sight. */
export function showFirstColumns() {
  scroller?.scrollTo({ left: 0 });
  look();
}

/** Puts the focus into the table. */
export function focusGrid() {
  scroller?.focus({ preventScroll: true });
}

function look() {
  if (!scroller) {
    return;
  }
  const { count, apart } = lines.peek();
  const next = rowWindow({ top: scroller.scrollTop, height: scroller.clientHeight, row: ROW, count: count - apart });
  if (next.first !== seen.peek().first || next.end !== seen.peek().end || next.slots !== seen.peek().slots) {
    seen.value = next;
  }
  const { scrollLeft, clientWidth: width } = scroller;
  const left = Math.floor(scrollLeft / ACROSS) * ACROSS;
  if (left !== across.peek().left || width !== across.peek().width) {
    across.value = { left, width };
  }
}

/** The table. */
export function Grid() {
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const { count, apart, at, isGrouped } = lines.value;
  const shown = columns.value;
  const widths = [...LEADING_WIDTHS, widthNow("name", nameWidth.value), ...shown.map((column) => widthNow(column.text, column.width))];
  widthsNow = widths;
  const staying = LEADING + shown.filter((column) => column.isFrozen).length;
  const { from, to, skipped } = columnWindow({ ...across.value, width: across.value.width + ACROSS, widths, staying });
  const inSight = useMemo(() => shown.map((column, at) => ({ ...column, place: at + LEADING, start: at + LEADING === from ? staying + 2 : 0 }))
    .filter(({ place }) => place < staying || (place >= from && place < to)), [shown, staying, from, to]);
  const template = [...widths.slice(0, staying), skipped, ...widths.slice(from, to)].map((width) => `${width}px`).join(" ");
  const total = widths.reduce((sum, width) => sum + width, 0);
  const { first, end, slots } = seen.value;

  useLayoutEffect(() => {
    scroller = root.current;
    look();
    const observer = new ResizeObserver(look);
    if (scroller) {
      observer.observe(scroller);
    }
    return () => {
      observer.disconnect();
      scroller = null;
    };
  }, []);
  useLayoutEffect(look, [count]);
  useEffect(() => {
    if (!isGrouped) {
      lookAt(first, Math.max(end, 1));
    }
  }, [first, end, book.value.wish, isGrouped]);
  useEffect(() => effect(markHovered), []);
  const { where, sort } = book.value.wish ?? {};
  useEffect(() => {
    root.current?.scrollTo(0, 0);
    active.value = { line: Math.min(active.peek().line, 0), column: active.peek().column };
  }, [where, sort, isGrouped]);

  const drawn = [];
  for (let place = first; place < Math.min(end, count - apart); place += 1) {
    drawn.push(place + apart);
  }
  const now = active.value;
  const isThere = (now.line < apart || (now.line - apart >= first && now.line - apart < end))
    && (now.column < staying || (now.column >= from && now.column < to));
  const base = chosenRows.value.get(selection.baseline.value) ?? null;
  const selected = selection.selected.value;
  /** @param {number} place */
  const row = (place) => {
    const line = at(place);
    const id = line.kind === "run" ? line.row.page.ids[line.row.at] : "";
    const curve = line.kind === "group" ? line.group.curve : null;
    const style = id ? selection.styles.value.get(id) : curve === null ? undefined : lineStyle(curve, isDark.value);
    return html`<${LineRow} key=${place < apart ? `apart ${place}` : (place - apart) % slots} place=${place} top=${(place - apart) * ROW} isApart=${place < apart} line=${line} columns=${inSight}
      base=${base} isSelected=${id !== "" && selected.has(id)} isHidden=${id !== "" && selection.hidden.value.has(id)}
      colour=${style?.colour ?? ""} dash=${style?.dash.join(" ") ?? ""}
      isPinned=${id !== "" && selection.pinned.value.includes(id)} isBaseline=${id !== "" && selection.baseline.value === id}
      active=${now.line === place ? now.column : -1} isGrouped=${isGrouped} />`;
  };
  const offsets = freezeOffsets(widths, staying);
  return html`<div class="grid" ref=${root} role=${isGrouped ? "treegrid" : "grid"} tabindex="0" aria-label="Runs" data-testid="runs"
      aria-rowcount=${count + 1} aria-colcount=${shown.length + LEADING} aria-multiselectable="true"
      aria-activedescendant=${isThere ? cellId(now.line, now.column) : undefined} aria-busy=${book.value.wish === null}
      style=${{ "--columns": template, "--wide": `${total}px`, ...offsets }}
      onScroll=${look} onKeyDown=${onGridKey} onClick=${onGridClick} onContextMenu=${onGridContext} onMouseOver=${hover} onMouseLeave=${leave}>
    <div class="grid-top" role="rowgroup">
      <${Head} columns=${inSight} active=${now.line === -1 ? now.column : -1} />
      ${Array.from({ length: apart }, (_, place) => row(place))}
    </div>
    <div class="grid-rows" role="rowgroup" style=${{ height: `${(count - apart) * ROW}px` }}>${drawn.map(row)}</div>
  </div>`;
}

/**
 * Where frozen columns stand, as `--freeze-3: 274px`.
 * @param {readonly number[]} widths
 * @param {number} staying
 */
function freezeOffsets(widths, staying) {
  /** @type {Record<string, string>} */
  const offsets = {};
  let left = 0;
  for (let column = 0; column < staying; column += 1) {
    offsets[`--freeze-${column}`] = `${left}px`;
    left += widths[column];
  }
  return offsets;
}

/** @param {MouseEvent} event */
function hover(event) {
  const row = event.target instanceof Element ? event.target.closest("[data-run]") : null;
  selection.hovered.value = row?.getAttribute("data-run") ?? "";
}

function leave() {
  selection.hovered.value = "";
}

/** The row of the run that is hovered anywhere; done by hand, so that no other row is drawn anew. */
function markHovered() {
  const id = selection.hovered.value;
  for (const row of scroller?.querySelectorAll("[data-hovered]") ?? []) {
    row.removeAttribute("data-hovered");
  }
  for (const row of id ? scroller?.querySelectorAll(`[data-run="${CSS.escape(id)}"]`) ?? [] : []) {
    row.setAttribute("data-hovered", "");
  }
}
