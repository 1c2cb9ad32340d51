/**
 * The runs of the table, asked for page by page as they come into sight.
 *
 * What was shown stays until the first answer to a new wish is there, so the table never flashes.
 */

import { signal } from "@preact/signals";

import { during } from "trialog/data/activity.js";
import { isAborted, postJson, RequestError } from "trialog/data/api.js";
import { takeFound } from "trialog/data/early.js";
import { idsFilter } from "trialog/logic/operands.js";
import { PAGE_ROWS, pagesOf } from "trialog/logic/rowwindow.js";
import { noteUnderstood, selection } from "trialog/pages/project/selection.js";
import { tablesTurn } from "trialog/pages/project/turns.js";

/**
 * @typedef {import("trialog/logic/columns.js").Column & {values: import("trialog/logic/cells.js").Value[]}} FilledColumn
 * @typedef {{total: number, offset: number, ids: string[], names: string[], paths: string[], statuses: string[], reasons: (string | null)[],
 *   is_deleted: boolean[], columns: FilledColumn[], now_ns: number, problem: RequestError["problem"] | null}} TablePage
 * @typedef {{project: string, where: string, sort: string, columns: string[] | null}} Wish
 * @typedef {{wish: Wish | null, total: number, columns: FilledColumn[], pages: ReadonlyMap<number, TablePage>}} Book
 * @typedef {{page: TablePage, at: number}} Row
 */

const MOST_AT_ONCE = 2;
const NO_BOOK = /** @type {Book} */ ({ wish: null, total: 0, columns: [], pages: new Map() });

/** What is shown; `wish` is null before the first answer. */
export const book = signal(NO_BOOK);
/** Why the newest wish was not answered. */
export const tableError = signal(/** @type {unknown} */ (null));
/** What is wrong with the filter that was applied: why it was refused, or a name in it that no run has. */
export const filterProblem = signal(/** @type {RequestError["problem"] | null} */ (null));
/** Pinned runs and the baseline, wherever they stand in the order. */
export const chosenRows = signal(/** @type {ReadonlyMap<string, Row>} */ (new Map()));

/** @type {Wish | null} */
let wanted = null;
let seen = { first: 0, end: PAGE_ROWS };
/** Pages that were answered since the wish came up; older ones are shown until they are. */
const fresh = new Set();
let keepsOld = false;
/** @type {Map<number, AbortController>} */
const underWay = new Map();
/** @type {AbortController | null} */
let chosenAsked = null;
/** @type {AbortController | null} */
let orderAsked = null;

/**
 * @param {number} place in the order
 * @returns {Row | null} null until it is there
 */
export function rowAt(place) {
  const page = book.value.pages.get(Math.floor(place / PAGE_ROWS));
  const at = place % PAGE_ROWS;
  return page && at < page.ids.length ? { page, at } : null;
}

/**
 * Asks for other runs or columns.
 * @param {Wish} wish
 * @param {{isAgain?: boolean}} [how] isAgain: the same wish, because runs have changed
 */
export function wishFor(wish, { isAgain = false } = {}) {
  if (wanted && !isAgain && JSON.stringify(wanted) === JSON.stringify(wish)) {
    return;
  }
  const isOther = !wanted || wanted.where !== wish.where || wanted.sort !== wish.sort || wanted.project !== wish.project;
  if (wanted && wanted.project !== wish.project) {
    book.value = NO_BOOK;
    selection.order.value = null;
    selection.total.value = null;
  }
  if (wanted?.where !== wish.where) {
    filterProblem.value = null;
  }
  abortAll();
  fresh.clear();
  keepsOld = !isOther;
  wanted = { ...wish };
  const pages = isOther ? [0] : pagesOf(seen.first, Math.min(seen.end, book.value.total));
  for (const page of new Set([0, ...pages])) {
    ask(page);
  }
}

/** Forgets what was asked, when the page is left. */
export function leaveTable() {
  abortAll();
  wanted = null;
}

function abortAll() {
  for (const control of underWay.values()) {
    control.abort();
  }
  underWay.clear();
  orderAsked?.abort();
}

/**
 * Tells which rows are in sight, so that they are asked for. Few pages are asked for at once: what was scrolled past meanwhile never is.
 * @param {number} first
 * @param {number} end
 */
export function lookAt(first, end) {
  seen = { first, end };
  if (!wanted || book.value.wish !== wanted) {
    return;
  }
  for (const page of pagesOf(first, Math.min(end, book.value.total))) {
    if (!fresh.has(page) && !underWay.has(page) && underWay.size < MOST_AT_ONCE) {
      ask(page);
    }
  }
}

/** @param {number} page */
async function ask(page) {
  const wish = wanted;
  if (!wish) {
    return;
  }
  const control = new AbortController();
  underWay.set(page, control);
  try {
    const body = { ...wish, offset: page * PAGE_ROWS, limit: PAGE_ROWS };
    const answer = /** @type {TablePage} */ (takeFound("/runs", body) ?? await postJson("/runs", body, control.signal));
    if (wanted === wish) {
      learn(wish, page, answer);
      await during(tablesTurn());
    }
    if (wanted === wish) {
      underWay.delete(page);
      take(wish, page, answer);
      lookAt(seen.first, seen.end);
    }
  } catch (error) {
    if (!isAborted(error) && wanted === wish) {
      refuse(error);
    }
  } finally {
    if (underWay.get(page) === control) {
      underWay.delete(page);
    }
  }
}

/** What charts need of an answer. @param {Wish} wish @param {number} page @param {TablePage} answer */
function learn(wish, page, answer) {
  noteUnderstood(wish.where, wish.sort);
  if (page === 0) {
    void learnOrder(wish, answer);
  }
}

/** @param {Wish} wish @param {number} page @param {TablePage} answer */
function take(wish, page, answer) {
  const before = book.value;
  const isNew = before.wish !== wish;
  const pages = new Map(isNew && !keepsOld ? [] : before.pages);
  pages.set(page, answer);
  fresh.add(page);
  book.value = { wish, total: answer.total, columns: answer.columns.length && (page === 0 || isNew) ? answer.columns : before.columns, pages };
  selection.total.value = answer.total;
  tableError.value = null;
  filterProblem.value = answer.problem;
}

/** Says what is wrong: at the filter where it is that, else in the table's place. @param {unknown} error */
export function refuse(error) {
  if (error instanceof RequestError && error.problem.kind === "FilterError") {
    filterProblem.value = error.problem;
  } else {
    tableError.value = error;
  }
}

/**
 * The first runs of the order, as charts draw them: those of the first page, or asked for by name alone.
 * @param {Wish} wish
 * @param {TablePage} first
 */
async function learnOrder(wish, first) {
  const limit = selection.limit.peek();
  let names = /** @type {{ids: string[], names: string[]}} */ (first);
  if (first.total > first.ids.length && limit > first.ids.length) {
    orderAsked = new AbortController();
    try {
      names = await postJson("/names", { ...wish, offset: 0, limit }, orderAsked.signal);
    } catch (error) {
      if (!isAborted(error)) {
        refuse(error);
      }
      return;
    }
  }
  if (wanted === wish) {
    const found = names.ids.slice(0, limit).map((id, at) => ({ id, name: names.names[at] }));
    ordered = found;
    tellOrder();
  }
}

/** @type {readonly {id: string, name: string}[] | null} */
let ordered = null;

/** The order, with pinned runs that are not in it at its end. */
function tellOrder() {
  if (!ordered) {
    return;
  }
  const known = new Set(ordered.map((run) => run.id));
  const strangers = selection.pinned.peek().filter((id) => !known.has(id) && chosenRows.peek().has(id)).map((id) => {
    const { page, at } = /** @type {Row} */ (chosenRows.peek().get(id));
    return { id, name: page.names[at] };
  });
  const order = [...ordered, ...strangers];
  const before = selection.order.peek();
  if (before?.length !== order.length || order.some((run, at) => run.id !== before[at].id || run.name !== before[at].name)) {
    selection.order.value = order;
  }
  selection.hasStrangers.value = strangers.length > 0;
}

/**
 * Asks for runs that are shown wherever they stand: pinned ones and the baseline.
 * @param {readonly string[]} ids
 * @param {Wish} wish
 */
export async function chooseRows(ids, wish) {
  chosenAsked?.abort();
  if (ids.length === 0) {
    chosenRows.value = new Map();
    tellOrder();
    return;
  }
  const control = new AbortController();
  chosenAsked = control;
  try {
    const page = /** @type {TablePage} */ (await postJson("/runs", { ...wish, where: idsFilter(ids), sort: "", offset: 0, limit: ids.length }, control.signal));
    chosenRows.value = new Map(page.ids.map((id, at) => [id, { page, at }]));
    tellOrder();
  } catch (error) {
    if (!isAborted(error)) {
      refuse(error);
    }
  }
}

/**
 * The ids of all runs that the filter finds.
 * @returns {Promise<string[]>}
 */
export async function allIds() {
  const { project, where, sort } = /** @type {Wish} */ (wanted);
  return (await postJson("/names", { project, where, sort, offset: 0, limit: Math.max(1, book.value.total) })).ids;
}

/**
 * The ids of the rows from one place to another, as far as they are there.
 * @param {number} from
 * @param {number} to
 */
export function idsBetween(from, to) {
  const ids = [];
  for (let place = Math.min(from, to); place <= Math.max(from, to); place += 1) {
    const row = rowAt(place);
    if (row) {
      ids.push(row.page.ids[row.at]);
    }
  }
  return ids;
}
