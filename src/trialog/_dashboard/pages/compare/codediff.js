/** What two runs had changed in their code since the commit, held against each other. */

import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";

import { isAborted } from "trialog/data/api.js";
import { LinesView } from "trialog/pages/compare/linesview.js";
import { chosenPair, PairChoice } from "trialog/pages/compare/pair.js";
import { askRun, version } from "trialog/pages/compare/state.js";
import { loadBytes, textOf } from "trialog/data/files.js";
import { Failure, Waiting } from "trialog/parts/states.js";
import { place, setState } from "trialog/shell/router.js";

const PATCH = "code/diff.patch";
const MOST_BYTES = 1_000_000;

/** @typedef {{sha256: string, text: string | null}} Patch text: null where the run has none */

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
  const [state, setFound] = useState({ key: "", both: /** @type {Patch[] | null} */ (null), failure: /** @type {unknown} */ (null) });
  const key = `${one.id} ${other.id}`;
  const known = state.key === key ? state.both : null;
  useEffect(() => { // again, too: it is kept some time after a run began, and anew when one is resumed
    const abort = new AbortController();
    Promise.all([one, other].map((run, at) => loadPatch(run, known?.[at], abort.signal))).then(
      (both) => {
        if (both.some((patch, at) => patch !== known?.[at])) {
          setFound({ key, both, failure: null });
        }
      },
      (error) => {
        if (!isAborted(error) && !known) {
          setFound({ key, both: null, failure: error });
        }
      },
    );
    return () => abort.abort();
  }, [key, version.value]);
  if (state.key !== key) {
    return html`<${Waiting} what="the changes" />`;
  }
  if (!state.both) {
    return html`<${Failure} error=${state.failure} />`;
  }
  const [before, after] = state.both.map((patch) => patch.text);
  if (before === null || after === null) {
    const names = [one, other].filter((_, at) => state.both?.[at].text === null).map((run) => run.name);
    return html`<p class="soft">${names.join(" and ")} kept no changes to the code: there were none, or they were not recorded.</p>`;
  }
  return html`<p class="soft">The changes that each run had made to its commit. The commits themselves stand in the table above, under code.</p>
    <${LinesView} before=${before.split("\n")} after=${after.split("\n")} label=${`Uncommitted code of ${one.name} and ${other.name}`} />`;
}

/**
 * @param {import("trialog/api.d.ts").RunHead} run
 * @param {Patch | undefined} known what was there before; itself, where it still holds
 * @param {AbortSignal} abort
 * @returns {Promise<Patch>}
 */
async function loadPatch(run, known, abort) {
  /** @type {import("trialog/api.d.ts").FilesShape} */
  const files = await askRun(run, "/files", {}, abort);
  const newest = files.attachments.find((each) => each.name === PATCH)?.versions.at(-1);
  if (known && known.sha256 === (newest?.sha256 ?? "")) {
    return known;
  }
  return newest ? { sha256: newest.sha256, text: textOf(await loadBytes(newest, 0, MOST_BYTES, abort)) } : { sha256: "", text: null };
}
