/** Lines that a program printed, in their colours; never as HTML. */

import { html } from "htm/preact";

import { ansiPieces, markedPieces } from "trialog/logic/ansi.js";

/** @typedef {import("trialog/api.d.ts").LineShape} Line */

/**
 * The text of a line.
 * @param {{text: string, more?: number, wanted?: string, isExact?: boolean}} props wanted: what is marked in it
 */
export function LineText({ text, more = 0, wanted = "", isExact = false }) {
  const pieces = markedPieces(ansiPieces(text), wanted, isExact);
  return html`${pieces.map((piece) => {
    const isHit = "isHit" in piece && piece.isHit;
    return isHit ? html`<mark class=${piece.classes}>${piece.text}</mark>` : piece.classes ? html`<span class=${piece.classes}>${piece.text}</span>` : piece.text;
  })}${more > 0 && html`<span class="soft"> … ${more} more characters</span>`}`;
}

/** @param {{lines: Line[]}} props */
export function LastLines({ lines }) {
  return html`<pre class="last-lines" tabindex="0" aria-label="Last lines of the console">${lines.map((line, at) => html`<div key=${at} class=${`line line-${line.stream}`}>
    <${LineText} text=${line.text} more=${line.more} /></div>`)}</pre>`;
}
