/** Which charts there are, in which order and size: sections by the first part of a metric's name, and what the user changed. Pure. */

import { joinList, splitList } from "trialog/logic/url.js";

/**
 * @typedef {{id: string, title: string, metrics: string[], x: string}} Panel x: "" for the page's own, else as in a ChartQuery
 * @typedef {{name: string, panels: Panel[], isFolded: boolean}} Section
 * @typedef {object} Layout what the user changed
 * @property {string[]} pinned ids of panels that stand above all sections
 * @property {string[]} removed
 * @property {string[]} order ids that stand first in their sections, in this order
 * @property {string[]} turned names of sections that are not as they are by themselves: folded or open
 * @property {string[]} wide ids of panels as wide as the page
 * @property {Panel[]} added
 * @property {number} columns 0: as many as fit
 * @property {number} height of a chart, in pixels
 */

export const HEIGHT = 240;
const PINNED = "Pinned";
export const OTHERS = "Metrics";
const ADDED = "Own charts";
const FOLDED = new Set(["system"]);
const MARKS = /** @type {const} */ ({ "*": "pinned", "-": "removed", ">": "order", "~": "turned", "_": "wide" });

/** @returns {Layout} */
export function plainLayout() {
  return { pinned: [], removed: [], order: [], turned: [], wide: [], added: [], columns: 0, height: HEIGHT };
}

/**
 * Reads the state's `panels`; what it does not understand it leaves out.
 * @param {string | undefined} text
 * @returns {Layout}
 */
export function parseLayout(text) {
  const layout = plainLayout();
  for (const item of splitList(text)) {
    const rest = item.slice(1);
    const mark = item[0];
    if (mark in MARKS) {
      layout[MARKS[/** @type {keyof typeof MARKS} */ (mark)]].push(rest);
    } else if (mark === "+") {
      const [title, x, ...metrics] = splitList(rest);
      if (title && metrics.length) {
        layout.added.push({ id: `+${title}`, title, x, metrics });
      }
    } else if (mark === "c" && Number(rest) >= 1 && Number(rest) <= 6) {
      layout.columns = Math.round(Number(rest));
    } else if (mark === "h" && Number(rest) >= 120 && Number(rest) <= 900) {
      layout.height = Math.round(Number(rest));
    }
  }
  return layout;
}

/** @param {Layout} layout */
export function formatLayout(layout) {
  const items = [];
  for (const [mark, name] of Object.entries(MARKS)) {
    items.push(...layout[name].map((id) => mark + id));
  }
  items.push(...layout.added.map((panel) => `+${joinList([panel.title, panel.x, ...panel.metrics])}`));
  if (layout.columns) {
    items.push(`c${layout.columns}`);
  }
  if (layout.height !== HEIGHT) {
    items.push(`h${layout.height}`);
  }
  return joinList(items);
}

/** @param {string} metric */
function sectionOf(metric) {
  const at = metric.indexOf("/");
  return at > 0 ? metric.slice(0, at) : OTHERS;
}

/**
 * @param {readonly string[]} metrics
 * @param {Layout} layout
 * @param {string} search words that a title must hold, in any order
 * @returns {Section[]}
 */
export function sectionsOf(metrics, layout, search) {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const removed = new Set(layout.removed);
  const pinned = new Set(layout.pinned);
  /** @type {Map<string, Panel[]>} */
  const sections = new Map();
  /** @type {Map<string, Panel>} */
  const byId = new Map();
  const panels = [...layout.added, ...metrics.map((name) => ({ id: name, title: name, metrics: [name], x: "" }))];
  for (const panel of panels) {
    if (removed.has(panel.id) || !words.every((word) => panel.title.toLowerCase().includes(word))) {
      continue;
    }
    byId.set(panel.id, panel);
    if (!pinned.has(panel.id)) {
      const name = panel.id.startsWith("+") ? ADDED : sectionOf(panel.id);
      const own = sections.get(name);
      if (own) {
        own.push(panel);
      } else {
        sections.set(name, [panel]);
      }
    }
  }
  const order = new Map(layout.order.map((id, at) => [id, at]));
  const place = (/** @type {Panel} */ panel) => order.get(panel.id) ?? Infinity;
  /** @type {Section[]} */
  const found = [];
  const first = layout.pinned.map((id) => byId.get(id)).filter((panel) => panel !== undefined);
  for (const [name, own] of [...(first.length ? [/** @type {[string, Panel[]]} */ ([PINNED, first])] : []), ...[...sections].sort(bySection)]) {
    const sorted = name === PINNED ? own : [...own].sort((a, b) => place(a) - place(b) || 0);
    const isFolded = FOLDED.has(name) !== layout.turned.includes(name);
    found.push({ name, panels: sorted, isFolded: isFolded && !words.length });
  }
  return found;
}

/** The user's own first, metrics without a section next, the machine's last; others by name. @param {[string, unknown]} a @param {[string, unknown]} b */
function bySection([a], [b]) {
  const rank = (/** @type {string} */ name) => name === ADDED ? 0 : name === OTHERS ? 1 : FOLDED.has(name) ? 3 : 2;
  return rank(a) - rank(b) || a.localeCompare(b, undefined, { numeric: true });
}

/**
 * The layout after a panel was put before another of its section (or last, where that is null).
 * @param {Layout} layout
 * @param {Section} section
 * @param {string} id
 * @param {string | null} before
 * @returns {Layout}
 */
export function movePanel(layout, section, id, before) {
  const ids = section.panels.map((panel) => panel.id).filter((each) => each !== id);
  const at = before === null ? ids.length : ids.indexOf(before);
  ids.splice(at < 0 ? ids.length : at, 0, id);
  if (section.name === PINNED) {
    return { ...layout, pinned: ids };
  }
  const own = new Set(ids);
  return { ...layout, order: [...layout.order.filter((each) => !own.has(each)), ...ids] };
}

/**
 * With an id in one of its lists or out of it.
 * @param {Layout} layout
 * @param {"pinned" | "removed" | "turned" | "wide"} list
 * @param {string} id
 * @returns {Layout}
 */
export function turnPanel(layout, list, id) {
  const rest = layout[list].filter((each) => each !== id);
  return { ...layout, [list]: rest.length < layout[list].length ? rest : [...rest, id] };
}

/**
 * @param {Layout} layout
 * @param {Panel} panel
 * @returns {Layout}
 */
export function removePanel(layout, panel) {
  const pinned = layout.pinned.filter((each) => each !== panel.id);
  return panel.id.startsWith("+")
    ? { ...layout, pinned, added: layout.added.filter((each) => each.id !== panel.id) }
    : { ...layout, pinned, removed: [...layout.removed, panel.id] };
}

/**
 * What the page's rows are: virtual, so that ten thousand metrics cost no more than those in sight.
 * @typedef {{kind: "head", top: number, height: number, section: Section} | {kind: "row", top: number, height: number, section: Section, panels: Panel[], columns: number}} Row
 * @param {Section[]} sections
 * @param {Layout} layout
 * @param {number} columns
 * @param {{head: number, gap: number, extra: number}} sizes extra: of a card beside its chart
 * @returns {{rows: Row[], height: number}}
 */
export function rowsOf(sections, layout, columns, { head, gap, extra }) {
  /** @type {Row[]} */
  const rows = [];
  const wide = new Set(layout.wide);
  let top = 0;
  for (const section of sections) {
    rows.push({ kind: "head", top, height: head, section });
    top += head;
    if (section.isFolded) {
      continue;
    }
    let panels = /** @type {Panel[]} */ ([]);
    const flush = (/** @type {number} */ width) => {
      if (panels.length) {
        const height = layout.height + extra;
        rows.push({ kind: "row", top, height, section, panels, columns: width });
        top += height + gap;
        panels = [];
      }
    };
    for (const panel of section.panels) {
      if (wide.has(panel.id)) {
        flush(columns);
        panels = [panel];
        flush(1);
      } else {
        panels.push(panel);
        if (panels.length === columns) {
          flush(columns);
        }
      }
    }
    flush(columns);
    top += gap;
  }
  return { rows, height: top };
}
