/** What two runs printed at their ends, line by line. */

import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";

import { isAborted } from "trialog/data/api.js";
import { bareText } from "trialog/logic/ansi.js";
import { formatNumber } from "trialog/logic/formats.js";
import { LinesView } from "trialog/pages/compare/linesview.js";
import { chosenPair, PairChoice } from "trialog/pages/compare/pair.js";
import { askRun, version } from "trialog/pages/compare/state.js";
import { Failure, Waiting } from "trialog/parts/states.js";
import { place, setState } from "trialog/shell/router.js";

const AMOUNTS = [200, 500, 2000];

/** @typedef {{total: number, start: number, lines: string[]}} Printed */

/** The part, folded until somebody looks. */
export function ConsoleDiff() {
  const isOpen = place.value.state.console !== undefined;
  const amount = AMOUNTS.find((each) => String(each) === place.value.state.console) ?? AMOUNTS[0];
  return html`<details class="compare-part folded-part" open=${isOpen} data-testid="console-diff"
      onToggle=${(/** @type {any} */ event) => { if (event.currentTarget.open !== isOpen) { setState({ console: event.currentTarget.open ? String(AMOUNTS[0]) : "" }); } }}>
    <summary><h2>Console of two runs</h2></summary>
    ${isOpen && html`<div class="part-head"><${PairChoice} />
      <label class="soft">the last <select value=${String(amount)} onChange=${(/** @type {any} */ event) => setState({ console: event.target.value })}>
        ${AMOUNTS.map((each) => html`<option key=${each} value=${String(each)}>${formatNumber(each)}</option>`)}</select> lines</label></div>
      <${Lines} amount=${amount} />`}
  </details>`;
}

/** @param {{amount: number}} props */
function Lines({ amount }) {
  const [one, other] = chosenPair();
  const [state, setFound] = useState({ key: "", both: /** @type {Printed[] | null} */ (null), failure: /** @type {unknown} */ (null) });
  const key = `${one.id} ${other.id} ${amount}`;
  useEffect(() => {
    const abort = new AbortController();
    Promise.all([one, other].map((run) => askRun(run, "/console", { start: -amount, count: amount }, abort.signal))).then(
      (answers) => setFound({ key, both: answers.map(printed), failure: null }),
      (error) => {
        if (!isAborted(error)) {
          setFound({ key, both: null, failure: error });
        }
      },
    );
    return () => abort.abort();
  }, [key, version.value]);
  if (state.key !== key) {
    return html`<${Waiting} what="the consoles" />`;
  }
  if (!state.both) {
    return html`<${Failure} error=${state.failure} />`;
  }
  const [before, after] = state.both;
  if (!before.total && !after.total) {
    return html`<p class="soft">Neither run has kept anything of its console.</p>`;
  }
  return html`${[[one, before], [other, after]].map(([run, told]) => /** @type {Printed} */ (told).start > 0 && html`<p class="soft">
      Of ${/** @type {any} */ (run).name}, ${formatNumber(/** @type {Printed} */ (told).start)} lines before these are left out.</p>`)}
    <${LinesView} before=${before.lines} after=${after.lines} first=${[before.start + 1, after.start + 1]} label=${`Console of ${one.name} and ${other.name}`} />`;
}

/** @param {import("trialog/api.d.ts").ConsoleShape} answer @returns {Printed} */
function printed(answer) {
  return { total: answer.total, start: answer.start, lines: [...answer.lines, ...answer.open_lines].map((line) => bareText(line.text)) };
}
