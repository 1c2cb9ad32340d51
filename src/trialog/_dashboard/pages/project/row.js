/** One line of the table. It is drawn anew only when something of its own has changed. */

import { html } from "htm/preact";
import { Component } from "preact";

import { cellText, differenceText, groupText, groupTitle } from "trialog/logic/cells.js";
import { isNumeric } from "trialog/logic/columns.js";
import { formatNumber, formatValue } from "trialog/logic/formats.js";
import { pathOf } from "trialog/pages/project/actions.js";
import { groupName, groupTable, toggleGroup } from "trialog/pages/project/groups.js";
import { cellId, cellStyle } from "trialog/pages/project/layout.js";
import { Spark } from "trialog/pages/project/sparks.js";
import { Icon } from "trialog/parts/icons.js";
import { StatusBadge } from "trialog/parts/status.js";

/**
 * @typedef {import("trialog/pages/project/layout.js").PlacedColumn} PlacedColumn
 * @typedef {import("trialog/pages/project/rows.js").Row} Row
 * @typedef {{place: number, top: number, isApart: boolean, line: import("trialog/pages/project/lines.js").Line, columns: PlacedColumn[],
 *   base: Row | null, isSelected: boolean, isHidden: boolean, isPinned: boolean, isBaseline: boolean, colour: string, dash: string,
 *   active: number, isGrouped: boolean}} Props
 */

/** @extends {Component<Props, {}>} */
export class LineRow extends Component {
  /** @override @param {Props} next */
  shouldComponentUpdate(next) {
    const before = /** @type {any} */ (this.props);
    return Object.entries(next).some(([name, value]) => name !== "line" && before[name] !== value) || !isSame(before.line, next.line);
  }

  /** @override @param {Props} props */
  render(props) {
    const { line, place, top, isApart } = props;
    const style = isApart ? undefined : { transform: `translateY(${top}px)` };
    const common = { role: "row", "aria-rowindex": place + 2, style, "data-line": place };
    if (line.kind === "run") {
      const id = line.row.page.ids[line.row.at];
      return html`<div ...${common} class=${classes(props, line.row)} aria-selected=${props.isSelected} data-run=${id}
        aria-level=${props.isGrouped ? line.level : undefined}>${runCells(props, line.row)}</div>`;
    }
    if (line.kind === "group") {
      return html`<div ...${common} class="grid-row group-row" aria-level="1" aria-expanded=${line.isOpen}>${groupCells(props, line.group, line.isOpen)}</div>`;
    }
    const text = line.kind === "more" ? `${formatNumber(line.group.runs - line.shown)} more: filter by the group to see them` : "";
    return html`<div ...${common} class="grid-row waiting-row"><div role="gridcell" class="cell cell-wide" aria-colindex="1"
      id=${cellId(place, 0)}>${text || html`<span class="placeholder"></span>`}</div></div>`;
  }
}

/** @param {import("trialog/pages/project/lines.js").Line} one @param {import("trialog/pages/project/lines.js").Line} other */
function isSame(one, other) {
  if (one.kind === "run" && other.kind === "run") {
    return one.row.page === other.row.page && one.row.at === other.row.at && one.level === other.level;
  }
  if (one.kind === "group" && other.kind === "group") {
    return one.group === other.group && one.isOpen === other.isOpen;
  }
  return one.kind === "waiting" && other.kind === "waiting";
}

/** @param {Props} props @param {Row} row */
function classes({ line, isSelected, isHidden, isBaseline, isApart }, row) {
  const parts = ["grid-row"];
  if (isSelected) parts.push("is-selected");
  if (isHidden) parts.push("is-hidden");
  if (isBaseline) parts.push("is-baseline");
  if (isApart) parts.push("is-apart");
  if (row.page.is_deleted[row.at]) parts.push("is-deleted");
  if (line.kind === "run" && line.level > 1) parts.push("is-inner");
  return parts.join(" ");
}

/** @param {Props} props @param {number} column @param {string} kind @param {boolean} isFrozen @param {number} [start] */
function cell({ place, active }, column, kind, isFrozen, start = 0) {
  return {
    role: "gridcell", id: cellId(place, column), "aria-colindex": column + 1, "data-column": column,
    class: `cell ${kind}${isFrozen ? " frozen" : ""}${active === column ? " is-active" : ""}`, style: cellStyle(column, isFrozen, start),
  };
}

/** @param {Props} props @param {Row} row */
function runCells(props, { page, at }) {
  const { columns, base, isSelected, isHidden, isPinned, isBaseline, colour, dash } = props;
  const [id, name] = [page.ids[at], page.names[at]];
  return html`
    <div ...${cell(props, 0, "cell-tick", true)}><span class="tick" role="checkbox" aria-checked=${isSelected} data-act="tick" aria-label=${`Select ${name}`}></span></div>
    <div ...${cell(props, 1, "cell-line", true)}><button class="line-button" tabindex="-1" data-act="hide" aria-pressed=${!isHidden}
      aria-label=${`Draw the lines of ${name}`} title=${isHidden ? "Show its lines (h)" : "Hide its lines (h)"}>
      ${isHidden ? html`<${Icon} name="hidden" />` : html`<${Swatch} colour=${colour} dash=${dash} />`}
    </button></div>
    <div ...${cell(props, 2, "cell-name", true)}>
      ${isPinned && html`<${Icon} name="pin" />`}${isBaseline && html`<${Icon} name="star" />`}
      <a href=${pathOf({ page, at })} tabindex="-1" class="cut" title=${name}>${name}</a>
      ${isBaseline && html`<span class="unseen">(baseline)</span>`}${page.is_deleted[at] && html`<span class="tag">deleted</span>`}
    </div>
    ${columns.map((column) => {
      const own = page.columns.find((each) => each.text === column.text);
      const value = own ? own.values[at] : undefined;
      const { isFrozen, start } = column;
      if (column.kind === "curve") {
        return html`<div ...${cell(props, column.place, "", isFrozen, start)} key=${column.text}><${Spark} run=${id} metric=${column.name} colour=${colour} /></div>`;
      }
      if (!own) {
        return html`<div ...${cell(props, column.place, "", isFrozen, start)} key=${column.text}><span class="placeholder"></span></div>`;
      }
      return html`<div ...${cell(props, column.place, isNumeric(own, [value ?? null]) ? "cell-number" : "", isFrozen, start)} key=${column.text}>${
        content(own, value, page.reasons[at], base && id !== base.page.ids[base.at] ? baseValue(base, column.text) : undefined)}</div>`;
    })}`;
}

/** How a curve looks. @param {{colour: string, dash: string}} props */
function Swatch({ colour, dash }) {
  return html`<svg class="run-swatch" viewBox="0 0 18 10" aria-hidden="true"><path d="M1 5H17" stroke=${colour || "currentColor"} stroke-dasharray=${dash} /></svg>`;
}

/** @param {Row} base @param {string} text */
function baseValue(base, text) {
  return base.page.columns.find((column) => column.text === text)?.values[base.at];
}

/**
 * @param {import("trialog/pages/project/rows.js").FilledColumn} column
 * @param {import("trialog/logic/cells.js").Value | undefined} value
 * @param {string | null} reason
 * @param {import("trialog/logic/cells.js").Value | undefined} base
 */
function content(column, value, reason, base) {
  if (column.kind === "fact" && column.name === "status") {
    return html`<${StatusBadge} status=${String(value)} reason=${reason} />`;
  }
  if (Array.isArray(value)) {
    return value.map((tag) => html`<span class="tag" title=${tag} key=${tag}>${tag}</span>`);
  }
  const text = cellText(column, value);
  const difference = base === undefined ? "" : differenceText(column, value, base);
  return html`<span class="cut" title=${text}>${text}</span>${difference && html`<span class="difference">${difference}</span>`}`;
}

/** @param {Props} props @param {import("trialog/pages/project/lines.js").Group} group @param {boolean} isOpen */
function groupCells(props, group, isOpen) {
  const said = groupTitle(groupName.value, group.value);
  const statuses = Object.entries(group.statuses);
  return html`
    <div ...${cell(props, 0, "cell-tick", true)}></div>
    <div ...${cell(props, 1, "cell-line", true)}><button class="line-button" tabindex="-1" data-act="group" aria-label=${`${isOpen ? "Close" : "Open"} the group ${said}`}
      onClick=${() => toggleGroup(group.where)}><${Icon} name=${isOpen ? "down" : "right"} /></button></div>
    <div ...${cell(props, 2, "cell-name", true)}>${props.colour && html`<${Swatch} colour=${props.colour} dash=${props.dash} />`}<strong class="cut" title=${said}>${said}</strong><span class="soft">${formatNumber(group.runs)}</span></div>
    ${props.columns.map((column) => {
      const kind = column.kind === "metric" ? "cell-number" : "";
      const own = group.cells[(groupTable.value?.columns ?? []).findIndex((each) => each.text === column.text)];
      const text = own ? groupText(column, own) : "";
      return html`<div ...${cell(props, column.place, own?.count && !column.type ? "cell-number" : kind, column.isFrozen, column.start)} key=${column.text}>${
        column.name === "status" && column.kind === "fact"
          ? statuses.map(([status, amount]) => html`<span class="counted" key=${status}><${StatusBadge} status=${status} isShort />${formatNumber(amount)}</span>`)
          : html`<span class="cut" title=${own && own.count > 1 && typeof own.least === "number" ? `${text}; from ${formatValue(own.least)} to ${formatValue(own.greatest)}` : text}>${text}</span>`}</div>`;
    })}`;
}

