/** What two runs had changed in their code since the commit, held against each other. */

import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";

import { isAborted } from "trialog/data/api.js";
import { LinesView } from "trialog/pages/compare/linesview.js";
import { chosenPair, PairChoice } from "trialog/pages/compare/pair.js";
import { askRun } from "trialog/pages/compare/state.js";
import { loadBytes, textOf } from "trialog/data/files.js";
import { Failure, Waiting } from "trialog/parts/states.js";
import { place, setState } from "trialog/shell/router.js";

const PATCH = "code/diff.patch";
const MOST_BYTES = 1_000_000;

/** The part, folded until somebody looks. */
export function CodeDiff() {
  const isOpen = place.value.state.code === "1";
  return html`<details class="compare-part folded-part" open=${isOpen} data-testid="code-diff"
      onToggle=${(/** @type {any} */ event) => { if (event.currentTarget.open !== isOpen) { setState({ code: event.currentTarget.open ? "1" : "" }); } }}>
    <summary><h2>Uncommitted code of two runs</h2></summary>
    ${isOpen && html`<div class="part-head"><${PairChoice} /></div><${Patches} />`}
  </details>`;
}

function Patches() {
  const [one, other] = chosenPair();
  const [state, setFound] = useState({ key: "", both: /** @type {(string | null)[] | null} */ (null), failure: /** @type {unknown} */ (null) });
  const key = `${one.id} ${other.id}`;
  useEffect(() => {
    const abort = new AbortController();
    Promise.all([one, other].map((run) => loadPatch(run, abort.signal))).then(
      (both) => setFound({ key, both, failure: null }),
      (error) => {
        if (!isAborted(error)) {
          setFound({ key, both: null, failure: error });
        }
      },
    );
    return () => abort.abort();
  }, [key]);
  if (state.key !== key) {
    return html`<${Waiting} what="the changes" />`;
  }
  if (!state.both) {
    return html`<${Failure} error=${state.failure} />`;
  }
  const [before, after] = state.both;
  if (before === null || after === null) {
    const names = [one, other].filter((_, at) => state.both?.[at] === null).map((run) => run.name);
    return html`<p class="soft">${names.join(" and ")} kept no changes to the code: there were none, or they were not recorded.</p>`;
  }
  return html`<p class="soft">The changes that each run had made to its commit. The commits themselves stand in the table above, under code.</p>
    <${LinesView} before=${before.split("\n")} after=${after.split("\n")} label=${`Uncommitted code of ${one.name} and ${other.name}`} />`;
}

/**
 * @param {import("trialog/api.d.ts").RunHead} run
 * @param {AbortSignal} abort
 * @returns {Promise<string | null>}
 */
async function loadPatch(run, abort) {
  /** @type {import("trialog/api.d.ts").FilesShape} */
  const files = await askRun(run, "/files", {}, abort);
  const version = files.attachments.find((each) => each.name === PATCH)?.versions.at(-1);
  return version ? textOf(await loadBytes(version, 0, MOST_BYTES, abort)) : null;
}
