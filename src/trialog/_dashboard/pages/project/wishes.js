/** How the table of this address looks: its columns, their order, widths and groups; and how they are changed. */

import { computed } from "@preact/signals";

import { clampWidth, curveColumn, fittingWidth, groupWidth, inOrder, moved, parseWidths, sortKeyOf, turnSort, widthItems, withColumn } from "trialog/logic/columns.js";
import { joinList, splitList } from "trialog/logic/url.js";
import { NAME_WIDTH } from "trialog/pages/project/layout.js";
import { book } from "trialog/pages/project/rows.js";
import { selection } from "trialog/pages/project/selection.js";
import { place, setState } from "trialog/shell/router.js";

/** The columns that the address names; null where it leaves the choice to the server. */
export const wishedColumns = computed(() => (place.value.state.columns === undefined ? null : splitList(place.value.state.columns)));
/** Columns that stay in sight. */
export const frozen = computed(() => splitList(place.value.state.freeze));
const widths = computed(() => parseWidths(splitList(place.value.state.widths)));
/** `split`, `table` or `charts`. */
export const view = computed(() => (["table", "charts"].includes(place.value.state.view ?? "") ? place.value.state.view : "split"));

/** What the table asks of the server; columns that nobody chose are the server's. */
export const wish = computed(() => ({
  project: selection.project.value, where: selection.where.value, sort: selection.sort.value,
  columns: wishedColumns.value?.filter((text) => curveColumn(text) === null) ?? null,
}));

/** The columns as they stand, with their widths. */
export const columns = computed(() => {
  const known = new Map(book.value.columns.map((column) => [column.text, column]));
  const texts = wishedColumns.value ?? [...known.keys()];
  const there = texts.map((text) => {
    const curve = curveColumn(text);
    return curve ? { ...curve, values: [] } : known.get(text);
  }).filter((column) => column !== undefined);
  return inOrder(there, frozen.value).map((column) => ({
    ...column, width: widths.value.get(column.text) ?? fittingWidth(column, column.values) + roomFor(column), isFrozen: frozen.value.includes(column.text),
  }));
});

/** Room for a difference or a deviation beside a number. @param {import("trialog/logic/columns.js").Column} column */
function roomFor(column) {
  if (column.kind === "curve") {
    return 0;
  }
  const isMore = selection.baseline.value !== "" || selection.group.value !== "";
  return isMore && (column.kind !== "fact" || column.type === "length of time") ? 56 : 0;
}

/** Of the column of names, where groups say their values. */
export const nameWidth = computed(() => widths.value.get("name") ?? Math.max(NAME_WIDTH, groupWidth(selection.group.value)));

/** @typedef {import("trialog/pages/project/rows.js").FilledColumn & {width: number, isFrozen: boolean}} ShownColumn */

const texts = () => wishedColumns.value ?? book.value.columns.map((column) => column.text);

/** @param {readonly string[]} next */
export function setColumns(next) {
  setState({ columns: next.length ? joinList(next) : "status" });
}

/** @param {string} text @param {boolean} [isShown] */
export function showColumn(text, isShown = true) {
  setColumns(withColumn(texts(), text, isShown));
}

/** @param {string} text @param {number} by places to the right */
export function moveColumn(text, by) {
  const shown = columns.value.map((column) => column.text);
  const at = shown.indexOf(text);
  setColumns(moved(shown, at, at + by));
}

/** @param {string} text @param {string} before */
export function dropColumn(text, before) {
  const shown = columns.value.map((column) => column.text);
  const [from, to] = [shown.indexOf(text), shown.indexOf(before)];
  if (from >= 0 && to >= 0 && from !== to) {
    setColumns(moved(shown, from, to));
  }
}

/** @param {string} text */
export function toggleFrozen(text) {
  const rest = frozen.value.filter((each) => each !== text);
  setState({ freeze: joinList(rest.length < frozen.value.length ? rest : [...rest, text]) });
}

/** @param {string} text @param {number} width */
export function setWidth(text, width) {
  const next = new Map(widths.value);
  next.set(text, clampWidth(width));
  setState({ widths: joinList(widthItems(next)) }, { replace: true });
}

/** @param {string} text @param {boolean} isAdded */
export function sortBy(text, isAdded) {
  setState({ sort: turnSort(selection.sort.value, sortKeyOf(text), isAdded) });
}
