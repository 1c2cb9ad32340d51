/** What the run printed: every line, as it comes, searched by the server. */

import { html } from "htm/preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

import { isPaused } from "trialog/data/events.js";
import { lineWindow, topOfLine, wholeHeight } from "trialog/logic/linewindow.js";
import { formatBytes, formatCount, formatTime } from "trialog/logic/formats.js";
import { ConsoleLines } from "trialog/pages/run/consolelines.js";
import { ConsoleBar } from "trialog/pages/run/consolebar.js";
import { LineText } from "trialog/pages/run/lines.js";
import { root, run } from "trialog/pages/run/state.js";
import { Empty, Failure, Waiting } from "trialog/parts/states.js";
import { place, setState } from "trialog/shell/router.js";

/** @typedef {import("trialog/api.d.ts").ConsoleHit} Hit */

const ROW = 18;
const AGAIN_MS = 2000;

/** The part. */
export function Console() {
  const { stream = "", rank = "", attempt = "", line = "", end = "", q: wanted = "", re = "", case: exact = "" } = place.value.state;
  const path = root.value;
  const lines = useMemo(() => new ConsoleLines(path, { stream, rank, attempt }), [path, stream, rank, attempt]);
  const [view, setView] = useState(600);
  const [top, setTop] = useState(0);
  const [isFollowing, setFollowing] = useState(!run.value?.is_ended);
  const [hasTimes, setTimes] = useState(false);
  const [hits, setHits] = useState(/** @type {ReadonlySet<number>} */ (new Set()));
  const host = useRef(/** @type {HTMLDivElement | null} */ (null));
  const version = run.value?.version;
  const isEnded = Boolean(run.value?.is_ended);
  useEffect(() => {
    lines.refresh();
    const timer = isEnded ? 0 : setInterval(() => !document.hidden && !isPaused.peek() && lines.refresh(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [lines, isEnded]);
  useEffect(() => () => lines.stop(), [lines]);
  useEffect(() => {
    if (lines.newest.peek()) {
      lines.refresh();
    }
  }, [version]);
  lines.version.value; // lines that have come are drawn
  const found = lines.newest.value;
  const total = lines.total;
  const sizes = { total, row: ROW, view };
  const { first, end: last, offset } = lineWindow(sizes, top);
  useEffect(() => lines.want(first, last), [lines, first, last, found?.total]);
  const hasLines = total > 0;
  useLayoutEffect(() => {
    const element = host.current;
    if (!element) {
      return undefined;
    }
    const observer = new ResizeObserver(() => setView(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, [hasLines]);
  useLayoutEffect(() => {
    if (host.current && (isFollowing || end)) {
      host.current.scrollTop = host.current.scrollHeight;
    }
  }, [isFollowing, total, view, end]);
  useLayoutEffect(() => {
    if (host.current && line !== "" && total) {
      setFollowing(false);
      host.current.scrollTop = topOfLine(sizes, Number(line));
    }
  }, [line, hasLines, view]);
  /** @param {any} event */
  const onScroll = (event) => {
    const element = event.currentTarget;
    setTop(element.scrollTop);
    if (isFollowing && element.scrollTop + element.clientHeight < element.scrollHeight - 2 * ROW) {
      setFollowing(false);
    }
  };
  /** @param {number} number @param {Hit | null} hit */
  const goTo = (number, hit) => {
    setHits(new Set(hit?.near ?? []));
    setState({ line: String(number), end: "" }, { replace: true });
  };
  const failure = lines.failure.value;
  if (!found) {
    return failure ? html`<${Failure} error=${failure} again=${() => lines.refresh()} />` : html`<${Waiting} what="the console" />`;
  }
  const chosen = line === "" ? -1 : Number(line);
  const rows = [];
  for (let at = first; at < last; at += 1) {
    rows.push(at);
  }
  const digits = String(total).length;
  return html`<div class="console" data-state="ready">
    ${(hasLines || stream || rank || attempt) && html`<${ConsoleBar} lines=${lines} found=${found} isFollowing=${isFollowing} follow=${() => { setState({ line: "", end: "" }, { replace: true }); setFollowing(!isFollowing); }}
      hasTimes=${hasTimes} showTimes=${() => setTimes(!hasTimes)} goTo=${goTo} clear=${() => setHits(new Set())} />`}
    ${found.dropped_bytes > 0 && html`<p class="notice">${formatBytes(found.dropped_bytes)} in the middle could not be kept: of each stream the first 16 MiB and the last 1 MiB are.</p>`}
    ${!hasLines ? html`<${Empty} title=${stream || rank || attempt ? "No line of these was kept." : isEnded ? "The run printed nothing that was kept." : "Nothing has been printed yet."} />`
      : html`<div class="console-lines" ref=${host} tabindex="0" role="region" aria-label=${`Console, ${formatCount(total, "line")}`} data-testid="console" onScroll=${onScroll}>
      <div class="console-whole" style=${{ height: `${wholeHeight(sizes)}px` }}>
        <div class=${`console-rows${hasTimes ? " with-times" : ""}`} style=${{ transform: `translateY(${offset}px)`, "--digits": `${digits}ch` }}>
          ${rows.map((at) => html`<${Row} key=${at} at=${at} line=${lines.line(at)} isChosen=${at === chosen} isHit=${hits.has(at)} wanted=${re ? "" : wanted} isExact=${Boolean(exact)} hasTimes=${hasTimes} />`)}
        </div>
      </div>
    </div>`}
  </div>`;
}

/** @param {{at: number, line: import("trialog/api.d.ts").LineShape | null, isChosen: boolean, isHit: boolean, wanted: string, isExact: boolean, hasTimes: boolean}} props */
function Row({ at, line, isChosen, isHit, wanted, isExact, hasTimes }) {
  const kind = `line line-${line?.stream ?? "both"}${isChosen ? " line-chosen" : ""}${isHit ? " line-hit" : ""}${line && line.number === null ? " line-open" : ""}`;
  return html`<div class=${kind} data-line=${at}><span class="line-number" aria-hidden="true">${at + 1}</span>${hasTimes && html`<span class="line-time">${line ? formatTime(line.time_ns) : ""}</span>`}
    ${line && line.rank !== null && html`<span class="line-rank" title=${`rank ${line.rank}`}>${line.rank}</span>`}${line?.stream === "stderr" && html`<span class="unseen">stderr: </span>`}
    <span class="line-text">${line ? html`<${LineText} text=${line.text} more=${line.more} wanted=${wanted} isExact=${isExact} />` : ""}</span></div>`;
}
