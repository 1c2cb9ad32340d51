/** The box beside the pointer: what the curves are there. Made of plain elements, for it follows every move. */

import { formatPlace } from "trialog/logic/scales.js";

const MOST = 12;

/** A box within a chart. */
export class Tooltip {
  /** @param {HTMLElement} host */
  constructor(host) {
    this.host = host;
    this.box = document.createElement("div");
    this.box.className = "readout";
    this.box.hidden = true;
    this.box.setAttribute("aria-hidden", "true"); // screen readers are told by the live region
    host.append(this.box);
  }

  hide() {
    this.box.hidden = true;
  }

  /**
   * @param {ReturnType<typeof import("trialog/logic/readout.js").readAt>} read
   * @param {import("trialog/charts/drawing.js").Scene} scene
   * @param {string} chosen key of the line under the pointer
   * @param {{x: number, y: number}} place in pixels of the host
   */
  show(read, scene, chosen, place) {
    if (!read) {
      this.hide();
      return;
    }
    const rows = read.lines.slice(0, MOST).map((line) => rowOf(line, line.drawn.curve.key === chosen));
    const head = element("div", "readout-head", `${read.isExact ? "" : "≈ "}${scene.xLabel} ${formatPlace(read.x, scene.kind)}`);
    const more = read.lines.length - rows.length;
    this.box.replaceChildren(head, ...rows, ...(more > 0 ? [element("div", "readout-more", `… ${more} more`)] : []));
    this.box.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = this.box;
    const room = this.host.clientWidth;
    const left = place.x + 16 + width <= room ? place.x + 16 : place.x - 16 - width;
    this.box.style.left = `${Math.max(-8, left)}px`;
    this.box.style.top = `${Math.min(Math.max(0, place.y - height / 2), Math.max(0, this.host.clientHeight - height))}px`;
  }

  remove() {
    this.box.remove();
  }
}

/** @param {import("trialog/logic/readout.js").Line} line @param {boolean} isChosen */
function rowOf({ drawn, value, raw, difference }, isChosen) {
  const row = element("div", isChosen ? "readout-row is-chosen" : "readout-row");
  const swatch = document.createElement("span");
  swatch.className = drawn.style.dash.length ? "swatch is-dashed" : "swatch";
  swatch.style.setProperty("--swatch", drawn.style.colour);
  row.append(swatch, element("span", "readout-name", drawn.curve.label), element("span", "readout-value", value));
  if (raw) {
    row.append(element("span", "readout-soft", `raw ${raw}`));
  }
  if (difference) {
    row.append(element("span", "readout-soft", `Δ ${difference}`));
  }
  return row;
}

/** @param {string} tag @param {string} kind @param {string} [text] */
function element(tag, kind, text = "") {
  const made = document.createElement(tag);
  made.className = kind;
  made.textContent = text;
  return made;
}
