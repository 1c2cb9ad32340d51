/** What charts are of: runs, in an order, with their looks. The project page's selection is one; other pages make a plain one. */

import { signal } from "@preact/signals";

import { lineStyle } from "trialog/logic/colours.js";
import { isDark } from "trialog/shell/theme.js";

/**
 * @template T
 * @typedef {import("@preact/signals").ReadonlySignal<T>} Told
 */
/**
 * @typedef {object} ChartSource
 * @property {Told<string>} project `namespace/project`
 * @property {Told<object | null>} chartSelection the `selection` of a ChartQuery; null until it is known
 * @property {Told<readonly string[] | null>} metrics names, in any order; null until they are known
 * @property {Told<ReadonlySet<string>>} hidden ids of runs that are not drawn
 * @property {Told<readonly string[]>} pinned ids of runs that are drawn above others
 * @property {Told<string>} baseline the id of the run that others are compared with; ""
 * @property {Told<string>} group a field of the filter language; ""
 * @property {import("@preact/signals").Signal<string>} hovered the id of the run under the pointer; ""
 * @property {Told<number>} version rises when runs have changed
 * @property {(id: string, at: number) => {colour: string, dash: readonly number[]}} styleOf
 * @property {(id: string) => void} togglePinned
 */

/**
 * A source of some runs by their ids.
 * @param {{project: string, runs: readonly string[], metrics: readonly string[] | null}} what
 * @returns {ChartSource & {metrics: import("@preact/signals").Signal<readonly string[] | null>, version: import("@preact/signals").Signal<number>}}
 */
export function sourceOfRuns({ project, runs, metrics }) {
  const pinned = signal(/** @type {readonly string[]} */ ([]));
  const places = new Map(runs.map((id, at) => [id, at]));
  return {
    project: signal(project),
    chartSelection: signal({ project, where: "", sort: "", runs, limit: null }),
    metrics: signal(metrics),
    hidden: signal(/** @type {ReadonlySet<string>} */ (new Set())),
    pinned,
    baseline: signal(""),
    group: signal(""),
    hovered: signal(""),
    version: signal(0),
    styleOf: (id, at) => lineStyle(places.get(id) ?? at, isDark.value),
    togglePinned: (id) => {
      const rest = pinned.value.filter((each) => each !== id);
      pinned.value = rest.length < pinned.value.length ? rest : [...rest, id];
    },
  };
}
