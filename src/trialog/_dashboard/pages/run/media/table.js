/** A CSV or Parquet file as a table. */

import { html } from "htm/preact";

import { formatCount, formatNumber } from "trialog/logic/formats.js";
import { TextView } from "trialog/pages/run/media/bytes.js";
import { useAsked } from "trialog/pages/run/state.js";
import { Failure, Waiting } from "trialog/parts/states.js";
import { VirtualRows } from "trialog/parts/virtualrows.js";

/** @typedef {import("trialog/api.d.ts").VersionShape} Version */

/** @param {{name: string, version: Version}} props */
export function TableView({ name, version }) {
  const { data, failure } = useAsked("/table", { name, version: version.version });
  if (failure) {
    return html`<${Failure} error=${failure} />${version.media_type.startsWith("text/") && html`<${TextView} version=${version} />`}`;
  }
  if (!data) {
    return html`<${Waiting} what="the table" />`;
  }
  const { columns, kinds, rows, total, total_columns: width } = /** @type {import("trialog/api.d.ts").TableShape} */ (data);
  const shown = total === rows.length ? formatCount(rows.length, "row") : `the first ${formatNumber(rows.length)} of ${total === null ? "many" : formatNumber(total)} rows`;
  return html`<p class="soft">${shown}, ${columns.length < width ? `the first ${columns.length} of ` : ""}${formatCount(width, "column")}</p>
    <${VirtualRows} label=${`Table ${name}`} kind="data-rows" columns=${["row", ...columns]} count=${rows.length}
      cells=${(/** @type {number} */ at) => [String(at), ...rows[at].map((cell, place) => (cell === null ? html`<span class="soft">none</span>` : html`<span class=${/int|float|double|decimal/.test(kinds[place]) ? "number" : ""} title=${cell}>${cell}</span>`))]} />`;
}
