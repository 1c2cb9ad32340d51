/** One chart with its head and foot: loads what it shows, while it is in sight. */

import { effect, signal, untracked } from "@preact/signals";
import { html } from "htm/preact";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";

import { CardMenu } from "trialog/charts/cardmenu.js";
import { loadChart } from "trialog/charts/loading.js";
import { clippedOf } from "trialog/charts/marks.js";
import { Plot } from "trialog/charts/plot.js";
import { sceneOf } from "trialog/charts/scene.js";
import { isAborted, RequestError } from "trialog/data/api.js";
import { changes } from "trialog/data/events.js";
import { chartQuery } from "trialog/logic/chartstate.js";
import { formatCount, formatNumber } from "trialog/logic/formats.js";
import { fidelityOf, summaryOf } from "trialog/logic/readout.js";
import { isDark } from "trialog/shell/theme.js";

/** @typedef {import("trialog/logic/chartdata.js").Answer} Answer */

/** What a card knows and does, apart from its elements. */
export class CardState {
  /** @param {import("trialog/charts/board.js").Board} board @param {import("trialog/logic/panels.js").Panel} panel */
  constructor(board, panel) {
    this.board = board;
    this.panel = panel;
    /** @type {import("@preact/signals").Signal<{key: string, answers: Answer[]} | null>} */
    this.loaded = signal(/** @type {{key: string, answers: Answer[]} | null} */ (null));
    this.error = signal(/** @type {unknown} */ (null));
    this.isVisible = signal(false);
    this.pixels = signal(0);
    this.yWindow = signal(/** @type {[number, number] | null} */ (null));
    this.scene = signal(/** @type {import("trialog/charts/drawing.js").Scene | null} */ (null));
    this.offScale = signal(0);
    this.isStale = signal(false);
    this.said = signal("");
    /** @type {Plot | null} */
    this.plot = null;
    /** @type {object[]} what was asked last */
    this.queries = [];
    this.key = "";
    /** @type {AbortController | null} of what is on its way */
    this.asked = null;
    this.isDue = false;
  }

  /** The axis that its cursor is on. */
  get axis() {
    return this.panel.x || this.board.look.value.x;
  }

  /** Begins to load and to draw. @param {HTMLElement} host @returns {() => void} ends it */
  start(host) {
    const { board, panel } = this;
    const { source, cursor } = board;
    const plot = new Plot(host, {
      zoomX: (range, isSliding) => this.zoom(range, isSliding),
      zoomY: (range) => { this.yWindow.value = range; },
      point: (x) => { cursor.value = x === null ? null : { x, axis: this.axis, from: panel.id }; },
      hover: (run) => { source.hovered.value = run; },
      pin: (run) => source.togglePinned(run),
      resize: (width) => { this.pixels.value = width; },
      tell: (text) => { this.said.value = text; },
      baseline: () => source.baseline.value,
    });
    this.plot = plot;
    const showFacts = () => {
      this.offScale.value = plot.scene && plot.frame ? clippedOf(plot.scene, plot.frame).count : 0;
      Object.assign(host, { __data: { answers: this.loaded.value?.answers ?? [], scene: plot.scene, frame: plot.frame } });
    };
    host.addEventListener("drawn", showFacts);
    const stops = [
      effect(() => {
        const look = board.look.value;
        const selection = source.chartSelection.value;
        const group = source.group.value;
        const pixels = this.pixels.value;
        void source.version.value;
        if (!this.isVisible.value || !pixels || !selection) {
          this.drop();
          return;
        }
        const queries = panel.metrics.map((metric) => chartQuery(look, { metric, x: panel.x, group, selection, pixels }));
        untracked(() => this.want(queries));
      }),
      effect(() => {
        const change = changes.value;
        if (change && this.isVisible.peek() && this.concerns(change.news)) {
          untracked(() => this.want(this.queries));
        }
      }),
      effect(() => {
        const loaded = this.loaded.value;
        void [isDark.value, board.choice.value];
        const look = board.look.value;
        const scene = loaded && sceneOf(panel.metrics.map((metric, at) => ({ metric, answer: loaded.answers[at] })), look, source,
          { x: panel.x, yWindow: this.yWindow.value });
        this.scene.value = scene;
        plot.update(scene);
      }),
      effect(() => {
        const at = cursor.value;
        plot.setCursor(at && at.axis === this.axis ? at.x : null);
      }),
      effect(() => {
        const run = source.hovered.value;
        plot.mark(run ? new Set([run]) : new Set());
      }),
    ];
    return () => {
      this.drop();
      stops.forEach((stop) => stop());
      host.removeEventListener("drawn", showFacts);
      plot.destroy();
      this.plot = null;
    };
  }

  /** Asks for what is to be shown. The same asked again while it is on its way is asked once more thereafter. @param {object[]} queries */
  want(queries) {
    const key = JSON.stringify(queries);
    if (!queries.length) {
      return;
    }
    if (this.asked && this.key === key) {
      this.isDue = true;
      return;
    }
    this.drop();
    this.key = key;
    this.queries = queries;
    const control = new AbortController();
    this.asked = control;
    void this.load(key, control.signal);
  }

  /** Nobody waits for it any more. */
  drop() {
    this.asked?.abort();
    this.asked = null;
    this.isDue = false;
  }

  /** @param {string} key @param {AbortSignal} abort */
  async load(key, abort) {
    const old = this.loaded.value?.key === key ? this.loaded.value.answers : null;
    this.isStale.value = true;
    try {
      const answers = await Promise.all(this.queries.map((query, at) => loadChart(query, old?.[at] ?? null, abort)));
      if (!old || answers.some((answer, at) => answer !== old[at])) {
        this.loaded.value = { key, answers };
      }
      this.error.value = null;
    } catch (error) {
      if (isAborted(error)) {
        return;
      }
      this.error.value = error;
    }
    this.isStale.value = false;
    this.asked = null;
    if (this.isDue) {
      this.isDue = false;
      this.want(this.queries);
    }
  }

  /** Whether news may change this chart. @param {import("trialog/data/events.js").News | null} news */
  concerns(news) {
    if (news === null) {
      return true;
    }
    const { metrics } = news;
    if (news.project !== this.board.source.project.peek()) {
      return false;
    }
    const x = this.axis.startsWith("metric:") ? this.axis.slice(7) : "";
    return metrics === null || this.panel.metrics.some((metric) => metric in metrics) || x in metrics || news.is_other;
  }

  /** @param {[number, number] | null} range @param {boolean} [isSliding] */
  zoom(range, isSliding = false) {
    if (this.panel.x && this.panel.x !== this.board.look.value.x) {
      return; // its axis is its own: there is no window that others share
    }
    const extent = this.loaded.value?.answers[0]?.header.x.extent;
    const isAll = range && extent && range[0] <= extent[0] && range[1] >= extent[1];
    this.board.zoom(range && !isAll && range[1] > range[0] ? range : null, isSliding);
  }
}

/**
 * @param {{board: import("trialog/charts/board.js").Board, panel: import("trialog/logic/panels.js").Panel, isVisible: boolean, height: number,
 *   section?: import("trialog/logic/panels.js").Section, isFull?: boolean}} props
 */
export function Card({ board, panel, isVisible, height, section, isFull = false }) {
  const state = useMemo(() => new CardState(board, panel), [board, JSON.stringify(panel)]);
  const host = useRef(/** @type {HTMLDivElement | null} */ (null));
  useLayoutEffect(() => host.current ? state.start(host.current) : undefined, [state]);
  useLayoutEffect(() => { state.isVisible.value = isVisible; }, [state, isVisible]);
  const loaded = state.loaded.value;
  const scene = state.scene.value;
  const error = state.error.value;
  const phase = error ? "error" : !loaded ? "loading" : scene?.curves.length ? "ready" : "empty";
  return html`<article class=${`card ${isFull ? "is-full" : ""}`} data-testid="chart" data-metric=${panel.id} data-state=${phase}
      data-version=${loaded?.answers[0]?.header.version ?? ""} aria-label=${panel.title}>
    <header class="card-head" draggable=${!isFull} data-panel=${panel.id}>
      <h3 class="cut" title=${panel.title}>${panel.title}</h3>
      <${Ranges} state=${state} board=${board} />
      <${CardMenu} board=${board} panel=${panel} section=${section} state=${state} isFull=${isFull} />
    </header>
    <div class="plot" ref=${host} style=${{ height: `${height}px` }} role="img" tabindex="0" data-testid="plot"
      aria-label=${summaryOf(panel.title, scene)} aria-keyshortcuts="ArrowLeft ArrowRight Home End [ ] + - , . Enter Escape f" onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
        if (event.key === "f" && !event.ctrlKey && !event.metaKey) {
          event.stopPropagation();
          board.full.value = isFull ? "" : panel.id;
        }
      }}></div>
    ${phase !== "ready" && html`<div class="plot-note">${phase === "loading" ? html`<span class="spinner"></span>` : phase === "error"
      ? html`<span class="plot-error" role="alert">${textOfError(error)}</span>`
      : emptyText(state, board)}</div>`}
    <${Foot} state=${state} board=${board} />
    <span class="unseen" aria-live="polite">${state.said.value}</span>
  </article>`;
}

/** A filter's mistake is shown where the filter is. @param {unknown} error */
function textOfError(error) {
  if (error instanceof RequestError && error.problem.kind === "FilterError") {
    return "The filter cannot be understood.";
  }
  return error instanceof Error ? error.message : String(error);
}

/** @param {CardState} state @param {import("trialog/charts/board.js").Board} board */
function emptyText(state, board) {
  const answers = state.loaded.value?.answers ?? [];
  const lines = answers.reduce((sum, answer) => sum + answer.header.lines.length + answer.header.groups.length, 0);
  if (lines && answers.every((answer) => !answer.header.y.full)) {
    return "No value here is a finite number.";
  }
  if (lines && board.look.value.isLogY && answers.every((answer) => answer.header.y.positive === null)) {
    return "No value is above 0: a logarithmic scale shows none.";
  }
  return lines ? "All runs that have this are hidden." : "None of these runs has this metric.";
}

/** What the chart says of itself: how true it is, and what it leaves out. @param {{state: CardState, board: import("trialog/charts/board.js").Board}} props */
function Foot({ state, board }) {
  const answers = state.loaded.value?.answers;
  if (!answers) {
    return html`<footer class="card-foot"> </footer>`;
  }
  const hidden = board.source.hidden.value;
  const missing = new Set(answers.flatMap(({ header }) => header.lines.map((line) => line.run).filter((run) => hidden.has(run)))).size;
  const { text, isExact, detail } = fidelityOf(answers, missing);
  const bad = answers.reduce((sum, { header }) => sum + header.marks.shown.length + header.marks.more, 0);
  const unplaced = sumOf(answers, "unplaced");
  const undrawable = board.look.value.isLogY ? answers.reduce((sum, { header }) => sum + (header.y.undrawable ?? 0), 0) : 0;
  return html`<footer class="card-foot" data-stale=${state.isStale.value}>
    <span class="cut" title=${detail} data-testid="fidelity">${text}</span>
    <span class="chip" title=${detail} data-testid="exactness">${isExact ? "exact" : "min–max per pixel"}</span>
    ${bad > 0 && html`<span class="chip warn" title="values that are NaN or infinite; marked on the border">${formatNumber(bad)} not finite</span>`}
    ${unplaced > 0 && html`<span class="chip warn" title="points that have no place on this axis">${formatCount(unplaced, "point")} without x</span>`}
    ${undrawable > 0 && html`<span class="chip warn" title="a logarithmic scale cannot show them">${formatNumber(undrawable)} not above 0</span>`}
  </footer>`;
}

/** What the range of y leaves out, and the way back. @param {{state: CardState, board: import("trialog/charts/board.js").Board}} props */
function Ranges({ state, board }) {
  const beyond = state.offScale.value;
  if (state.yWindow.value) {
    return html`<button class="chip" onClick=${() => { state.yWindow.value = null; }}>${beyond > 0 ? `${formatNumber(beyond)} off-scale · ` : ""}reset y</button>`;
  }
  return beyond > 0 ? html`<button class="chip warn" data-testid="off-scale" title="Show the whole range"
    onClick=${() => board.change({ range: "all" })}>${formatNumber(beyond)} off-scale · fit all</button>` : null;
}

/** @param {Answer[]} answers @param {string} fact */
function sumOf(answers, fact) {
  let sum = 0;
  for (const { header, arrays } of answers) {
    const at = header.facts.indexOf(fact);
    const width = header.facts.length;
    for (let row = 0; arrays.facts && row < arrays.facts.shape[0]; row += 1) {
      sum += arrays.facts.values[row * width + at];
    }
  }
  return sum;
}
