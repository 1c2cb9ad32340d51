/** Two texts line by line: what was added, what was removed (Myers' "An O(ND) Difference Algorithm", 1986). Pure, and bounded. */

const MOST_CHANGES = 1500; // more are told as one block that was replaced

/**
 * @typedef {{kind: "same" | "removed" | "added", text: string, old: number | null, now: number | null}} Line old, now: places in each text, from 0 on
 * @typedef {{lines: Line[], added: number, removed: number, isWhole: boolean}} LineDiff
 *   isWhole: false where the texts differ in so much that what was kept in between was not looked for
 */

/**
 * @param {readonly string[]} before
 * @param {readonly string[]} after
 * @param {number} [mostChanges]
 * @returns {LineDiff}
 */
export function diffLines(before, after, mostChanges = MOST_CHANGES) {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) {
    start += 1;
  }
  let [oldEnd, newEnd] = [before.length, after.length];
  while (oldEnd > start && newEnd > start && before[oldEnd - 1] === after[newEnd - 1]) {
    oldEnd -= 1;
    newEnd -= 1;
  }
  const matches = commonLines(before, after, [start, oldEnd], [start, newEnd], mostChanges);
  /** @type {Line[]} */
  const lines = [];
  let [old, now] = [0, 0];
  const upTo = (/** @type {number} */ oldStop, /** @type {number} */ newStop) => {
    for (; old < oldStop; old += 1) {
      lines.push({ kind: "removed", text: before[old], old, now: null });
    }
    for (; now < newStop; now += 1) {
      lines.push({ kind: "added", text: after[now], old: null, now });
    }
  };
  const keep = (/** @type {number} */ count) => {
    for (let each = 0; each < count; each += 1, old += 1, now += 1) {
      lines.push({ kind: "same", text: before[old], old, now });
    }
  };
  keep(start);
  for (const [oldAt, newAt] of matches ?? []) {
    upTo(oldAt, newAt);
    keep(1);
  }
  upTo(oldEnd, newEnd);
  keep(before.length - oldEnd);
  const count = (/** @type {string} */ kind) => lines.reduce((sum, line) => sum + (line.kind === kind ? 1 : 0), 0);
  return { lines, added: count("added"), removed: count("removed"), isWhole: matches !== null };
}

/**
 * Pairs of places whose lines are the same, ascending in both; null where that takes too many changes.
 * @param {readonly string[]} before
 * @param {readonly string[]} after
 * @param {[number, number]} oldRange
 * @param {[number, number]} newRange
 * @param {number} mostChanges
 * @returns {[number, number][] | null}
 */
function commonLines(before, after, [oldStart, oldEnd], [newStart, newEnd], mostChanges) {
  const [width, height] = [oldEnd - oldStart, newEnd - newStart];
  if (!width || !height) {
    return [];
  }
  const most = Math.min(width + height, mostChanges);
  /** @type {Int32Array[]} */
  const trail = [];
  let reach = new Int32Array(3);
  for (let changes = 0; changes <= most; changes += 1) {
    const next = new Int32Array(2 * changes + 3);
    for (let line = -changes; line <= changes; line += 2) {
      const at = (/** @type {number} */ diagonal) => reach[diagonal + changes];
      let x = changes === 0 ? 0 : line === -changes || (line !== changes && at(line - 1) < at(line + 1)) ? at(line + 1) : at(line - 1) + 1;
      while (x < width && x - line < height && before[oldStart + x] === after[newStart + x - line]) {
        x += 1;
      }
      next[line + changes + 1] = x;
      if (x >= width && x - line >= height) {
        trail.push(next);
        return walkBack(trail, width, height).map(([old, now]) => [old + oldStart, now + newStart]);
      }
    }
    trail.push(next);
    reach = next;
  }
  return null;
}

/**
 * @param {Int32Array[]} trail how far each diagonal reached, by the number of changes
 * @param {number} width
 * @param {number} height
 * @returns {[number, number][]}
 */
function walkBack(trail, width, height) {
  /** @type {[number, number][]} */
  const matches = [];
  let [x, y] = [width, height];
  for (let changes = trail.length - 1; changes >= 0; changes -= 1) {
    const line = x - y;
    let [fromX, fromY] = [0, 0];
    if (changes > 0) {
      const before = trail[changes - 1];
      const at = (/** @type {number} */ diagonal) => before[diagonal + changes];
      const isDown = line === -changes || (line !== changes && at(line - 1) < at(line + 1));
      const from = isDown ? line + 1 : line - 1;
      [fromX, fromY] = [at(from), at(from) - from];
    }
    while (x > fromX && y > fromY) {
      x -= 1;
      y -= 1;
      matches.push([x, y]);
    }
    [x, y] = [fromX, fromY];
  }
  return matches.reverse();
}

/**
 * The changes with a few lines around them; what lies between is told as a number.
 * @param {readonly Line[]} lines
 * @param {number} around
 * @returns {(Line | {kind: "gap", count: number})[]}
 */
export function withoutSame(lines, around) {
  const isNear = new Uint8Array(lines.length);
  lines.forEach((line, at) => {
    if (line.kind !== "same") {
      isNear.fill(1, Math.max(0, at - around), at + around + 1);
    }
  });
  /** @type {(Line | {kind: "gap", count: number})[]} */
  const found = [];
  for (let at = 0; at < lines.length; at += 1) {
    const last = found[found.length - 1];
    if (isNear[at]) {
      found.push(lines[at]);
    } else if (last?.kind === "gap") {
      last.count += 1;
    } else {
      found.push({ kind: "gap", count: 1 });
    }
  }
  return found;
}
