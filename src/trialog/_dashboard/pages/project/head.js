/** The head of the table: a column's name sorts, its edge resizes, its menu does all of it by keys. */

import { html } from "htm/preact";

import { clampWidth, isNumeric, parseSort, sortKeyOf } from "trialog/logic/columns.js";
import { cellId, dragged, cellStyle, widthNow } from "trialog/pages/project/layout.js";
import { selection } from "trialog/pages/project/selection.js";
import { dropColumn, moveColumn, nameWidth, setWidth, showColumn, sortBy, toggleFrozen } from "trialog/pages/project/wishes.js";
import { openMenu } from "trialog/parts/floating.js";
import { Icon } from "trialog/parts/icons.js";
import { setState } from "trialog/shell/router.js";

/**
 * @typedef {import("trialog/pages/project/wishes.js").ShownColumn} ShownColumn
 * @typedef {import("trialog/pages/project/layout.js").PlacedColumn} PlacedColumn
 */

const STEP = 16;

/** @param {{columns: PlacedColumn[], active: number}} props columns: those in sight */
export function Head({ columns, active }) {
  const keys = parseSort(selection.sort.value);
  const drawnIds = (selection.order.value ?? []).map((run) => run.id);
  const isAllHidden = drawnIds.length > 0 && drawnIds.every((id) => selection.hidden.value.has(id));
  const isAllTicked = selection.selected.value.size > 0 && selection.selected.value.size >= (selection.total.value ?? 0);
  return html`<div class="grid-head" role="row" aria-rowindex="1">
    <div ...${headCell(0, active, true)}><span class="tick" role="checkbox" data-act="tick-all" aria-label="Select all that match"
      aria-checked=${isAllTicked ? true : selection.selected.value.size > 0 ? "mixed" : false}></span></div>
    <div ...${headCell(1, active, true)}><button class="line-button" tabindex="-1" data-act="hide-all" aria-label=${isAllHidden ? "Show all lines" : "Hide all lines"}
      title=${isAllHidden ? "Show all lines" : "Hide all lines"}><${Icon} name=${isAllHidden ? "hidden" : "eye"} /></button></div>
    <${ColumnHead} text="name" label="name" measure="" place=${2} active=${active} sort=${keys} isFrozen width=${nameWidth.value} isFixed />
    ${columns.map((column) => html`<${ColumnHead} key=${column.text} text=${column.text} label=${column.name} measure=${column.measure ?? ""}
      place=${column.place} start=${column.start} active=${active} sort=${keys} isFrozen=${column.isFrozen} width=${column.width}
      isNumber=${isNumeric(column, column.values)} column=${column} />`)}
  </div>`;
}

/** @param {number} place @param {number} active @param {boolean} isFrozen @param {string} [more] @param {number} [start] */
function headCell(place, active, isFrozen, more = "", start = 0) {
  return {
    role: "columnheader", id: cellId(-1, place), "aria-colindex": place + 1, "data-column": place, style: cellStyle(place, isFrozen, start),
    class: `cell head-cell${isFrozen ? " frozen" : ""}${active === place ? " is-active" : ""}${more}`,
  };
}

/**
 * @param {{text: string, label: string, measure: string, place: number, active: number, sort: import("trialog/logic/columns.js").SortKey[],
 *   isFrozen: boolean, width: number, start?: number, isNumber?: boolean, isFixed?: boolean, column?: ShownColumn}} props
 */
function ColumnHead({ text, label, measure, place, active, sort, isFrozen, width, start = 0, isNumber = false, isFixed = false, column }) {
  const at = sort.findIndex((key) => key.text === sortKeyOf(text));
  const sorted = at < 0 ? "none" : sort[at].isDescending ? "descending" : "ascending";
  const drag = isFixed ? {} : {
    draggable: true,
    onDragStart: (/** @type {DragEvent} */ event) => event.dataTransfer?.setData("text/plain", text),
    onDragOver: (/** @type {DragEvent} */ event) => event.preventDefault(),
    onDrop: (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      dropColumn(event.dataTransfer?.getData("text/plain") ?? "", text);
    },
  };
  return html`<div ...${headCell(place, active, isFrozen, isNumber ? " head-number" : "", start)} aria-sort=${sorted} title=${text} ...${drag} data-text=${text}>
    <button class="head-button" tabindex="-1" data-act="sort">
      <span class="cut">${label}</span>${measure && html`<span class="measure">${measure}</span>`}
      ${at >= 0 && html`<span class="sort-mark"><${Icon} name=${sorted === "ascending" ? "up" : "down"} />${sort.length > 1 && at + 1}</span>`}
    </button>
    <button class="head-menu" tabindex="-1" aria-label=${`Column ${text}`} onClick=${(/** @type {MouseEvent} */ event) => {
      event.stopPropagation();
      openColumnMenu(/** @type {Element} */ (event.currentTarget), text, column);
    }}><${Icon} name="down" /></button>
    <span class="resizer" onPointerDown=${(/** @type {PointerEvent} */ event) => dragWidth(event, text, widthNow(text, width))} onDblClick=${() => setWidth(text, width)}
      aria-hidden="true"></span>
  </div>`;
}

/**
 * @param {Element} at
 * @param {string} text
 * @param {ShownColumn | undefined} column undefined for the name
 */
export function openColumnMenu(at, text, column) {
  const isSorted = parseSort(selection.sort.value).length > 0;
  const width = column?.width ?? nameWidth.value;
  const mayGroup = column && column.kind !== "metric" && column.kind !== "curve" && column.type !== "time" && column.type !== "length of time";
  openMenu(at, `Column ${text}`, [
    { label: "Sort upwards", icon: "up", act: () => setState({ sort: sortKeyOf(text) }) },
    { label: "Sort downwards", icon: "down", act: () => setState({ sort: `-${sortKeyOf(text)}` }) },
    ...(isSorted ? [{ label: "Then sort by it, too", icon: "add", act: () => sortBy(text, true) }] : []),
    ...(isSorted ? [{ label: "Newest first again", icon: "close", act: () => setState({ sort: "" }) }] : []),
    ...(mayGroup ? [{ label: `Group by ${column.name}`, icon: "columns", isApart: true, act: () => setState({ group: text }) }] : []),
    { label: "Wider", hint: "Alt →", isApart: true, act: () => setWidth(text, width + STEP * 3) },
    { label: "Narrower", hint: "Alt ←", act: () => setWidth(text, width - STEP * 3) },
    ...(column ? [
      { label: column.isFrozen ? "Let it scroll" : "Keep it in sight", icon: "pin", isApart: true, act: () => toggleFrozen(text) },
      { label: "Move left", icon: "left", act: () => moveColumn(text, -1) },
      { label: "Move right", icon: "right", act: () => moveColumn(text, 1) },
      { label: "Hide the column", icon: "hidden", isApart: true, act: () => showColumn(text, false) },
    ] : []),
  ]);
}

/** @param {ShownColumn | undefined} column @param {number} sign */
export function resizeByKey(column, sign) {
  setWidth(column?.text ?? "name", (column?.width ?? nameWidth.value) + sign * STEP);
}

/** @param {PointerEvent} down @param {string} text @param {number} width */
function dragWidth(down, text, width) {
  down.preventDefault();
  down.stopPropagation();
  const edge = /** @type {HTMLElement} */ (down.currentTarget);
  edge.setPointerCapture(down.pointerId);
  const move = (/** @type {PointerEvent} */ event) => {
    dragged.value = { text, width: clampWidth(width + event.clientX - down.clientX) };
  };
  const end = () => {
    edge.removeEventListener("pointermove", move);
    edge.removeEventListener("lostpointercapture", end);
    const last = dragged.value;
    if (last) {
      setWidth(text, last.width);
    }
    dragged.value = null;
  };
  edge.addEventListener("pointermove", move);
  edge.addEventListener("lostpointercapture", end);
}
