/** A patch as git writes it: its files, and the lines that were added and removed. Pure. */

/**
 * @typedef {{kind: "same" | "added" | "removed" | "place" | "note", text: string, old: number | null, now: number | null}} DiffLine
 * @typedef {{path: string, was: string | null, added: number, removed: number, lines: DiffLine[]}} DiffFile was: another name before
 */

/**
 * @param {string} text
 * @returns {DiffFile[]}
 */
export function parseDiff(text) {
  /** @type {DiffFile[]} */
  const files = [];
  /** @type {DiffFile | null} */
  let file = null;
  let [old, now, oldLeft, nowLeft] = [0, 0, 0, 0];
  for (const line of text.replace(/\n$/, "").split("\n")) {
    const head = /^diff --git (?:"?a\/(.*?)"?) (?:"?b\/(.*?)"?)$/.exec(line);
    if (head && oldLeft <= 0 && nowLeft <= 0) {
      file = { path: head[2], was: head[1] === head[2] ? null : head[1], added: 0, removed: 0, lines: [] };
      files.push(file);
      continue;
    }
    if (!file) {
      continue;
    }
    const place = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (place && oldLeft <= 0 && nowLeft <= 0) {
      [old, oldLeft, now, nowLeft] = [Number(place[1]), Number(place[2] ?? 1), Number(place[3]), Number(place[4] ?? 1)];
      file.lines.push({ kind: "place", text: line, old: null, now: null });
    } else if (oldLeft <= 0 && nowLeft <= 0) {
      if (/^(new file|deleted file|rename|similarity|Binary|GIT binary|old mode|new mode)/.test(line)) {
        file.lines.push({ kind: "note", text: line, old: null, now: null });
      }
    } else if (line.startsWith("+")) {
      file.lines.push({ kind: "added", text: line.slice(1), old: null, now });
      file.added += 1;
      now += 1;
      nowLeft -= 1;
    } else if (line.startsWith("-")) {
      file.lines.push({ kind: "removed", text: line.slice(1), old, now: null });
      file.removed += 1;
      old += 1;
      oldLeft -= 1;
    } else if (!line.startsWith("\\")) {
      file.lines.push({ kind: "same", text: line.slice(1), old, now });
      old += 1;
      now += 1;
      oldLeft -= 1;
      nowLeft -= 1;
    }
  }
  return files;
}
