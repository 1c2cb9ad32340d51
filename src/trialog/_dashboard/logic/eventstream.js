/** `text/event-stream`, read piece by piece (HTML standard, 9.2.6). Pure. */

/** Takes texts as they come and gives the events that are whole. */
export class EventReader {
  constructor() {
    this.rest = "";
  }

  /**
   * @param {string} text
   * @returns {{kind: string, data: string}[]}
   */
  push(text) {
    const blocks = (this.rest + text).replace(/\r\n?/g, "\n").split("\n\n");
    this.rest = blocks.pop() ?? "";
    const found = [];
    for (const block of blocks) {
      let kind = "message";
      const data = [];
      for (const line of block.split("\n")) {
        if (line.startsWith("event:")) {
          kind = line.slice(6).trim();
        } else if (line.startsWith("data:")) {
          data.push(line.slice(line[5] === " " ? 6 : 5));
        }
      }
      if (data.length) {
        found.push({ kind, data: data.join("\n") });
      }
    }
    return found;
  }
}

/**
 * How long to wait before the next try, with some chance in it, so that tabs do not come all at once.
 * @param {number} failures one after the other
 * @param {number} chance from 0 to 1
 * @returns {number} milliseconds
 */
export function pauseAfter(failures, chance) {
  return Math.min(30_000, 500 * 2 ** Math.min(failures, 7)) * (0.75 + chance / 2);
}
