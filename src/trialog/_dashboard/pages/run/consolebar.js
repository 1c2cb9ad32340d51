/** Above the console: search, which streams, following, times, copying, saving. */

import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { during } from "trialog/data/activity.js";
import { getJson, isAborted } from "trialog/data/api.js";
import { formatNumber } from "trialog/logic/formats.js";
import { copyText } from "trialog/parts/copy.js";
import { Icon } from "trialog/parts/icons.js";
import { announce, announceError } from "trialog/shell/announcer.js";
import { addShortcuts } from "trialog/shell/keyboard.js";
import { place, setState } from "trialog/shell/router.js";

/** @typedef {import("trialog/api.d.ts").ConsoleHit} Hit */
/** @typedef {import("trialog/api.d.ts").ConsoleShape} Found */
/** @typedef {import("trialog/pages/run/consolelines.js").ConsoleLines} ConsoleLines */

const TRACEBACK = "Traceback (most recent call last)";
const MOST_COPIED = 20_000_000;

/**
 * @param {{lines: ConsoleLines, found: Found, isFollowing: boolean, follow: () => void, hasTimes: boolean, showTimes: () => void,
 *   goTo: (line: number, hit: Hit | null) => void, clear: () => void}} props
 */
export function ConsoleBar({ lines, found, isFollowing, follow, hasTimes, showTimes, goTo, clear }) {
  const { q: wanted = "", re = "", case: exact = "", line = "", stream = "", rank = "", attempt = "" } = place.value.state;
  const [hit, setHit] = useState(/** @type {Hit | null} */ (null));
  const [trouble, setTrouble] = useState("");
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => addShortcuts([{ key: "/", label: "Search the console", act: () => input.current?.focus() }]), []);
  /**
   * @param {string} text
   * @param {{line: number, is_backwards?: boolean, is_regex?: boolean, is_exact?: boolean}} how
   * @param {AbortSignal} [abort]
   * @returns {Promise<Hit>}
   */
  const search = (text, how, abort) => getJson(`${lines.path}/console/search`, { ...lines.wish, text, ...how }, abort);
  const how = { is_regex: Boolean(re), is_exact: Boolean(exact) };
  useEffect(() => {
    if (!wanted) {
      setHit(null);
      setTrouble("");
      clear();
      return undefined;
    }
    const abort = new AbortController();
    search(wanted, { line: Number(line) || 0, ...how }, abort.signal).then(
      (answer) => {
        setTrouble("");
        setHit(answer);
        if (answer.line !== null) {
          goTo(answer.line, answer);
        } else if (answer.total) {
          step(false, 0);
        }
      },
      (error) => !isAborted(error) && setTrouble(error.message),
    );
    return () => abort.abort();
  }, [lines, wanted, re, exact]);
  /** @param {boolean} isBackwards @param {number} [from] */
  const step = async (isBackwards, from = isBackwards ? Number(line) || 0 : (Number(line) || 0) + (hit?.line === null ? 0 : 1)) => {
    try {
      let answer = await search(wanted, { line: from, is_backwards: isBackwards, ...how });
      if (answer.line === null && answer.total) { // around the end
        answer = await search(wanted, { line: isBackwards ? found.total : 0, is_backwards: isBackwards, ...how });
      }
      setHit(answer);
      if (answer.line !== null) {
        goTo(answer.line, answer);
      }
    } catch (error) {
      announceError(error);
    }
  };
  const seekTraceback = async () => {
    try {
      const answer = await search(TRACEBACK, { line: 0, is_exact: true });
      if (answer.line === null) {
        announce("No traceback was printed.");
      } else {
        goTo(answer.line, null);
      }
    } catch (error) {
      announceError(error);
    }
  };
  const copy = async () => {
    try {
      const text = await during(fetch(found.file).then((answer) => answer.text()));
      if (text.length > MOST_COPIED) {
        announce("That is too long for the clipboard: download it.", { kind: "error" });
      } else {
        await copyText(text, "the console");
      }
    } catch (error) {
      announceError(error);
    }
  };
  /** @param {string} key */
  const choose = (key) => (/** @type {any} */ event) => setState({ [key]: event.target.value, line: "", end: "" });
  return html`<div class="console-bar">
    <span class="console-search" role="search">
      <input ref=${input} type="search" aria-label="Search the console" placeholder="search" data-testid="console-search" value=${wanted} spellcheck=${false}
        onInput=${(/** @type {any} */ event) => setState({ q: event.target.value }, { replace: true })}
        onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === "Enter" && (event.preventDefault(), step(event.shiftKey))} />
      <button aria-pressed=${Boolean(re)} aria-label="Regular expression" title="Regular expression" onClick=${() => setState({ re: re ? "" : "1" }, { replace: true })}>.*</button>
      <button aria-pressed=${Boolean(exact)} aria-label="Upper and lower case are two" title="Upper and lower case are two" onClick=${() => setState({ case: exact ? "" : "1" }, { replace: true })}>Aa</button>
      ${wanted && html`<button aria-label="Previous" title="Previous (Shift+Enter)" disabled=${!hit?.total} onClick=${() => step(true)}><${Icon} name="up" /></button>
      <button aria-label="Next" title="Next (Enter)" disabled=${!hit?.total} onClick=${() => step(false)}><${Icon} name="down" /></button>
      <span class="soft" role="status" data-testid="console-count">${trouble ? html`<span class="danger">${trouble}</span>` : hit && (hit.total ? `${hit.place === null ? "" : `${formatNumber(hit.place)} of `}${formatNumber(hit.total)}` : "nothing found")}</span>`}
    </span>
    <select aria-label="Stream" value=${stream} onChange=${choose("stream")}><option value="">both streams</option><option value="stdout">stdout</option><option value="stderr">stderr</option></select>
    ${found.ranks.length > 1 && html`<select aria-label="Rank" value=${rank} onChange=${choose("rank")}><option value="">all ranks</option>${found.ranks.map((each) => html`<option value=${String(each)} key=${each}>rank ${each}</option>`)}</select>`}
    ${found.attempts.length > 1 && html`<select aria-label="Attempt" value=${attempt} onChange=${choose("attempt")}><option value="">all attempts</option>${found.attempts.map((each) => html`<option value=${String(each)} key=${each}>attempt ${each}</option>`)}</select>`}
    <button aria-pressed=${isFollowing} onClick=${follow} data-testid="console-follow">${found.is_ended ? "To the end" : "Follow"}</button>
    <button aria-pressed=${hasTimes} onClick=${showTimes}>Times</button>
    <button onClick=${seekTraceback}>First traceback</button>
    <button class="quiet" aria-label="Copy the console" title="Copy the console" onClick=${copy}><${Icon} name="copy" /></button>
    <a class="button quiet-button" aria-label="Download the console" title="Download the console" href=${found.file} download><${Icon} name="download" /></a>
  </div>`;
}
