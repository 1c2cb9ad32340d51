/** Figures of Plotly: lines, points and bars are drawn small; all else is said, and downloaded. */

import { html } from "htm/preact";
import { useMemo } from "preact/hooks";

import { lineStyle } from "trialog/logic/colours.js";
import { axisOf, figureOf } from "trialog/logic/figures.js";
import { formatBytes, formatCount, formatNumber, formatTime } from "trialog/logic/formats.js";
import { parseJson } from "trialog/logic/jsontree.js";
import { JsonText } from "trialog/pages/run/media/json.js";
import { textOf, useBytes } from "trialog/data/files.js";
import { Failure, Waiting } from "trialog/parts/states.js";
import { VirtualRows } from "trialog/parts/virtualrows.js";
import { isDark } from "trialog/shell/theme.js";

/** @typedef {import("trialog/api.d.ts").VersionShape} Version */
/** @typedef {import("trialog/logic/figures.js").Trace} Trace */

const WIDTH = 720;
const HEIGHT = 300;
const MOST_BYTES = 20_000_000;
const MOST_POINTS = 20_000;

/** @param {{name: string, version: Version}} props */
export function FigureView({ name, version }) {
  if (version.size_bytes > MOST_BYTES) {
    return html`<p class="soft">At ${formatBytes(version.size_bytes)} the figure is too long to be drawn here. Download it.</p>`;
  }
  return html`<${Loaded} name=${name} version=${version} />`;
}

/** @param {{name: string, version: Version}} props */
function Loaded({ name, version }) {
  const { bytes, failure } = useBytes(version, version.size_bytes);
  const text = bytes ? textOf(bytes) : "";
  const figure = useMemo(() => {
    try {
      return text ? figureOf(parseJson(text)) : null;
    } catch {
      return null;
    }
  }, [text]);
  if (failure) {
    return html`<${Failure} error=${failure} />`;
  }
  if (!bytes) {
    return html`<${Waiting} what="the figure" />`;
  }
  if (!figure || !figure.traces.length) {
    return html`<p class="soft">${figure?.left.length ? `Nothing of it can be drawn here: ${figure.left.join(", ")}.` : "It holds no figure that can be drawn here."} Download it to see it by plotly.</p><${JsonText} text=${text} />`;
  }
  const points = figure.traces.reduce((sum, trace) => sum + trace.y.length, 0);
  return html`${figure.title && html`<h3>${figure.title}</h3>`}
    ${points <= MOST_POINTS ? html`<${Drawing} name=${name} traces=${figure.traces} />` : html`<p class="soft">It has ${formatNumber(points)} points: too many to be drawn here.</p>`}
    <p class="soft">A plain drawing of ${formatCount(figure.traces.length, "trace")}${figure.left.length ? `; not drawn: ${figure.left.join(", ")}` : ""}. ${figure.xTitle && `Across: ${figure.xTitle}. `}${figure.yTitle && `Up: ${figure.yTitle}. `}Download the file for the figure as plotly has it.</p>
    <details class="folded"><summary>Data as a table</summary><${Points} traces=${figure.traces} /></details>`;
}

/** @param {{name: string, traces: Trace[]}} props */
function Drawing({ name, traces }) {
  const dark = isDark.value;
  const axis = axisOf(traces);
  const xs = axis.places.flat().filter(Number.isFinite);
  const ys = traces.flatMap((trace) => (trace.kind === "bars" ? [...trace.y, 0] : trace.y)).filter(Number.isFinite);
  const margin = axis.kind === "category" || traces.some((trace) => trace.kind === "bars") ? 0.5 : 0;
  const [left, right, bottom, top] = [least(xs) - margin, greatest(xs) + margin, least(ys), greatest(ys)];
  const x = (/** @type {number} */ value) => 8 + ((value - left) / (right - left || 1)) * (WIDTH - 16);
  const y = (/** @type {number} */ value) => HEIGHT - 8 - ((value - bottom) / (top - bottom || 1)) * (HEIGHT - 16);
  const bars = traces.filter((trace) => trace.kind === "bars");
  const wide = ((WIDTH - 16) / Math.max(1, right - left)) * 0.8 / Math.max(1, bars.length);
  const word = (/** @type {number} */ place) => (axis.kind === "category" ? axis.labels[Math.round(place)] ?? "" : axis.kind === "time" ? formatTime(place * 1e6) : formatNumber(place));
  return html`<figure class="figure"><svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${`${name}: ${traces.map((trace) => trace.name).join(", ")}; from ${formatNumber(bottom)} to ${formatNumber(top)}`}>
      ${traces.map((trace, at) => {
        const { colour, dash } = lineStyle(at, dark);
        const places = axis.places[at];
        if (trace.kind === "line") {
          return html`<path key=${at} d=${path(places, trace.y, x, y)} fill="none" stroke=${colour} stroke-width="1.6" stroke-dasharray=${dash.join(" ")} />`;
        }
        return html`<g key=${at} fill=${colour}>${trace.y.map((value, point) => {
          if (!Number.isFinite(value) || !Number.isFinite(places[point])) {
            return null;
          }
          return trace.kind === "points" ? html`<circle key=${point} cx=${x(places[point])} cy=${y(value)} r="2.6" />`
            : html`<rect key=${point} x=${x(places[point]) - (wide * bars.length) / 2 + wide * bars.indexOf(trace)} width=${wide} y=${Math.min(y(value), y(0))} height=${Math.abs(y(value) - y(0))} />`;
        })}</g>`;
      })}
    </svg>
    <figcaption><span>${word(axis.kind === "category" ? 0 : left)}</span><span class="soft">${formatNumber(bottom)} to ${formatNumber(top)}</span><span>${word(axis.kind === "category" ? axis.labels.length - 1 : right)}</span></figcaption>
    ${traces.length > 1 && html`<ul class="figure-names">${traces.map((trace, at) => html`<li key=${at}><svg class="swatch" viewBox="0 0 20 10" aria-hidden="true"><path d="M0 5H20" stroke=${lineStyle(at, dark).colour} stroke-dasharray=${lineStyle(at, dark).dash.join(" ")} stroke-width="3" /></svg>${trace.name}</li>`)}</ul>`}
  </figure>`;
}

/** @param {{traces: Trace[]}} props */
function Points({ traces }) {
  const counts = traces.map((trace) => trace.y.length);
  const total = counts.reduce((sum, each) => sum + each, 0);
  /** @param {number} row */
  const cells = (row) => {
    let at = 0;
    let point = row;
    while (point >= counts[at]) {
      point -= counts[at];
      at += 1;
    }
    return [traces[at].name, String(traces[at].x[point]), String(traces[at].y[point])];
  };
  return html`<${VirtualRows} label="Data of the figure" columns=${["trace", "x", "y"]} count=${total} cells=${cells} />`;
}

/**
 * @param {number[]} places
 * @param {number[]} values
 * @param {(value: number) => number} x
 * @param {(value: number) => number} y
 */
function path(places, values, x, y) {
  let text = "";
  let isPen = false;
  values.forEach((value, at) => {
    const isThere = Number.isFinite(value) && Number.isFinite(places[at]);
    text += isThere ? `${isPen ? "L" : "M"}${x(places[at]).toFixed(1)} ${y(value).toFixed(1)}` : "";
    isPen = isThere;
  });
  return text;
}

/** @param {number[]} values */
function least(values) {
  return values.reduce((low, each) => Math.min(low, each), values.length ? Infinity : 0);
}

/** @param {number[]} values */
function greatest(values) {
  return values.reduce((high, each) => Math.max(high, each), values.length ? -Infinity : 1);
}
