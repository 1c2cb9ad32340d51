/** The heads of parallel axes: buttons that open what can be done with an axis; dragged or moved by arrow keys to another place. */

import { html } from "htm/preact";
import { useRef, useState } from "preact/hooks";

import { moved } from "trialog/logic/axes.js";
import { axisIds, brush, brushes, flipAxis, flipped, objective, scaleAxis, showAxes } from "trialog/pages/sweep/state.js";
import { openMenu } from "trialog/parts/floating.js";
import { announce } from "trialog/shell/announcer.js";

const KINDS = { linear: "linear", log: "log", category: "by category" };

/** @typedef {import("trialog/logic/axes.js").Axis} Axis */

/** @param {{axes: readonly Axis[], xOf: (at: number) => number}} props */
export function AxisHeads({ axes, xOf }) {
  const [dragged, setDragged] = useState(/** @type {{id: string, by: number} | null} */ (null));
  const from = useRef(/** @type {{id: string, x: number, hasMoved: boolean} | null} */ (null));
  const gap = axes.length > 1 ? xOf(1) - xOf(0) : 200;
  /** @param {Axis} axis @param {number} to */
  const put = (axis, to) => {
    showAxes(moved(axisIds.value, axis.id, to));
    announce(`${axis.title} is now axis ${Math.max(0, Math.min(axes.length - 1, to)) + 1} of ${axes.length}`);
  };
  /** @param {Axis} axis @param {number} at */
  const itemsOf = (axis, at) => [
    ...(axis.isNumeric ? /** @type {const} */ (["linear", "log", "category"]).map((kind) => ({
      label: `${kind === "category" ? "By category" : kind === "log" ? "Logarithmic" : "Linear"}`,
      icon: axis.kind === kind ? "check" : "none", isOff: kind === "log" && !axis.canBeLog, act: () => scaleAxis(axis.id, kind),
    })) : []),
    { label: "Upside down", icon: flipped.value.includes(axis.id) ? "check" : "none", act: () => flipAxis(axis.id), isApart: axis.isNumeric },
    { label: "Clear its brush", icon: "none", isOff: !brushes.value.has(axis.id), act: () => brush({ [axis.id]: null }) },
    { label: "Move left", icon: "left", hint: "←", isOff: at === 0, act: () => put(axis, at - 1), isApart: true },
    { label: "Move right", icon: "right", hint: "→", isOff: at === axes.length - 1, act: () => put(axis, at + 1) },
    { label: "Remove", icon: "close", isOff: axis.id === objective.value, act: () => showAxes(axisIds.value.filter((id) => id !== axis.id)) },
  ];
  return html`<div class="axis-heads">${axes.map((axis, at) => {
    const by = dragged?.id === axis.id ? dragged.by : 0;
    return html`<button key=${axis.id} class=${`quiet axis-head ${by ? "is-dragged" : ""} ${brushes.value.has(axis.id) ? "is-brushed" : ""}`}
      style=${{ left: `${xOf(at) + by}px`, maxWidth: `${Math.min(gap - 6, 220)}px` }} title=${`${axis.title} (${KINDS[axis.kind]}); drag to move`}
      aria-label=${`${axis.title} ${KINDS[axis.kind]} axis; arrow keys move it`} aria-haspopup="menu" data-axis=${axis.id} data-kind=${axis.kind}
      onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
        const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (step && !event.altKey && !event.ctrlKey && !event.metaKey) {
          event.preventDefault();
          put(axis, at + step);
        }
      }}
      onPointerDown=${(/** @type {any} */ event) => { if (event.button === 0) { event.currentTarget.setPointerCapture(event.pointerId); from.current = { id: axis.id, x: event.clientX, hasMoved: false }; } }}
      onPointerMove=${(/** @type {any} */ event) => {
        const now = from.current;
        if (now?.id === axis.id && (now.hasMoved || Math.abs(event.clientX - now.x) > 5)) {
          now.hasMoved = true;
          setDragged({ id: axis.id, by: event.clientX - now.x });
        }
      }}
      onPointerUp=${() => { if (from.current?.hasMoved && dragged) { put(axis, at + Math.round(dragged.by / gap)); } setDragged(null); }}
      onPointerCancel=${() => { from.current = null; setDragged(null); }}
      onClick=${(/** @type {any} */ event) => {
        const hasMoved = from.current?.hasMoved;
        from.current = null;
        if (!hasMoved) {
          openMenu(event.currentTarget, axis.title, itemsOf(axis, at));
        }
      }}><span class="cut">${axis.title}</span>${axis.kind === "log" && html` <small>log</small>`}</button>`;
  })}</div>`;
}
