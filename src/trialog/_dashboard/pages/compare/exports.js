/** The table that is shown, for elsewhere. */

import { fileName, saveFile } from "trialog/charts/pictures.js";
import { csvOf, markdownOf } from "trialog/logic/sidebyside.js";
import { areas, project, runs } from "trialog/pages/compare/state.js";
import { copyText } from "trialog/parts/copy.js";

const names = () => runs.value.map(({ run }) => run.name);

/** Copies what is shown. */
export function copyMarkdown() {
  void copyText(markdownOf(names(), areas.value), "the table as Markdown");
}

/** Saves what is shown. */
export function saveCsv() {
  saveFile(new Blob([csvOf(names(), areas.value)], { type: "text/csv" }), fileName(`compare ${project.value}`, "csv"));
}
