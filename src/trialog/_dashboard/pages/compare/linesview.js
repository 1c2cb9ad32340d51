/** The difference of two texts, line by line. */

import { html } from "htm/preact";
import { useState } from "preact/hooks";

import { formatCount } from "trialog/logic/formats.js";
import { diffLines, withoutSame } from "trialog/logic/linediff.js";

const AROUND = 3;
const MOST = 3000;

/** @param {{before: readonly string[], after: readonly string[], label: string, first?: [number, number]}} props first: numbers of the first lines */
export function LinesView({ before, after, label, first = [1, 1] }) {
  const [isAll, setAll] = useState(false);
  const { lines, added, removed, isWhole } = diffLines(before, after);
  if (!added && !removed) {
    return html`<p class="soft">No line differs. ${formatCount(before.length, "line")} each.</p>`;
  }
  const rows = isAll ? lines : withoutSame(lines, AROUND);
  return html`<div class="lines-view">
    <p class="soft"><span class="added">+${added}</span> <span class="removed">−${removed}</span>
      ${isWhole ? "" : " These differ in so much that they are told as one block."}
      <button class="link" onClick=${() => setAll(!isAll)}>${isAll ? "Only the changes" : "All lines"}</button></p>
    <div class="diff" tabindex="0" role="group" aria-label=${label}><table><tbody>
      ${rows.slice(0, MOST).map((line, at) => (line.kind === "gap"
        ? html`<tr key=${at} class="diff-place"><td class="diff-number"></td><td class="diff-number"></td><td class="diff-sign"></td><td class="diff-text">${formatCount(line.count, "line")} the same</td></tr>`
        : html`<tr key=${at} class=${`diff-${line.kind}`}><td class="diff-number">${line.old === null ? "" : line.old + first[0]}</td><td class="diff-number">${line.now === null ? "" : line.now + first[1]}</td>
          <td class="diff-sign">${line.kind === "added" ? "+" : line.kind === "removed" ? "−" : ""}</td><td class="diff-text">${line.text}</td></tr>`))}
    </tbody></table></div>
    ${rows.length > MOST && html`<p class="soft">and ${formatCount(rows.length - MOST, "more line")}</p>`}
  </div>`;
}
