/** Curves as small as a cell: of the rows in sight alone, all of a metric in one request, by the code that makes the charts. */

import { signal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect } from "preact/hooks";

import { loadChart } from "trialog/charts/loading.js";
import { during } from "trialog/data/activity.js";
import { isAborted } from "trialog/data/api.js";
import { sparklinesOf } from "trialog/logic/sparkline.js";
import { selection } from "trialog/pages/project/selection.js";

/** @typedef {import("trialog/logic/sparkline.js").Sparkline} Sparkline */

const SIZE = { width: 116, height: 22 };
const WAIT_MS = 60; // rows come into sight one after the other

/** What is known, by metric and run; runs that were looked for and have none are null. */
const sparks = signal(/** @type {ReadonlyMap<string, ReadonlyMap<string, Sparkline | null>>} */ (new Map()));
/** How many cells show a run's metric, by metric and run. @type {Map<string, Map<string, number>>} */
const seen = new Map();
/** The last answer to each metric, and to what. @type {Map<string, {key: string, answer: import("trialog/logic/chartdata.js").Answer}>} */
const answers = new Map();
/** @type {Map<string, AbortController>} */
const underWay = new Map();
let isDue = false;
/** @type {Set<string>} */
const due = new Set();

/** @param {{run: string, metric: string, colour: string}} props */
export function Spark({ run, metric, colour }) {
  const version = selection.version.value;
  useEffect(() => look(metric, run), [metric, run]);
  useEffect(() => want(metric), [metric, version]);
  const found = sparks.value.get(metric)?.get(run);
  if (found === undefined) {
    return html`<span class="placeholder"></span>`;
  }
  return found && html`<svg class="spark" viewBox=${`0 0 ${SIZE.width} ${SIZE.height}`} role="img" aria-label=${`${metric}: ${found.words}`} data-testid="spark">
    <title>${found.words}</title><path d=${found.path} stroke=${colour || "currentColor"} /></svg>`;
}

/** @param {string} metric @param {string} run @returns {() => void} it is not in sight any more */
function look(metric, run) {
  const runs = seen.get(metric) ?? new Map();
  seen.set(metric, runs.set(run, (runs.get(run) ?? 0) + 1));
  want(metric);
  return () => {
    const left = (runs.get(run) ?? 1) - 1;
    if (left > 0) {
      runs.set(run, left);
    } else {
      runs.delete(run);
    }
  };
}

/** @param {string} metric */
function want(metric) {
  due.add(metric);
  if (!isDue) {
    isDue = true;
    void during(askSoon());
  }
}

async function askSoon() {
  await new Promise((resolve) => { setTimeout(resolve, WAIT_MS); });
  isDue = false;
  const metrics = [...due];
  due.clear();
  metrics.forEach((metric) => { void ask(metric); });
}

/** Nothing is kept of a metric that no cell shows. @param {string} metric */
function forget(metric) {
  seen.delete(metric);
  answers.delete(metric);
  underWay.delete(metric);
}

/** Asks again for all that is in sight: in one chart all curves have one x axis. @param {string} metric */
async function ask(metric) {
  const runs = [...(seen.get(metric)?.keys() ?? [])];
  underWay.get(metric)?.abort();
  if (runs.length === 0) { // the column is gone
    forget(metric);
    return;
  }
  const control = new AbortController();
  underWay.set(metric, control);
  try {
    const query = { selection: { project: selection.project.peek(), where: "", sort: "", runs, limit: null }, metric, x: "step", pixels: SIZE.width };
    const [key, old] = [JSON.stringify(query), answers.get(metric)];
    const answer = await loadChart(query, old?.key === key ? old.answer : null, control.signal);
    answers.set(metric, { key, answer });
    const found = sparklinesOf(answer, SIZE);
    sparks.value = new Map(sparks.value).set(metric, new Map(runs.map((run) => [run, found.get(run) ?? null])));
  } catch (error) {
    if (!isAborted(error)) {
      sparks.value = new Map(sparks.value).set(metric, new Map(runs.map((run) => [run, sparks.value.get(metric)?.get(run) ?? null])));
    }
  }
}

/** Asks for them again, because runs may have logged more. */
export function refreshSparks() {
  for (const metric of seen.keys()) {
    want(metric);
  }
}
