/** Bytes as people look at them: numbers in base 16, and the letters among them. Pure. */

const WIDTH = 16;

/**
 * @param {Uint8Array} bytes
 * @returns {{offset: string, numbers: string, letters: string}[]}
 */
export function hexRows(bytes) {
  const rows = [];
  for (let at = 0; at < bytes.length; at += WIDTH) {
    const part = [...bytes.slice(at, at + WIDTH)];
    rows.push({
      offset: at.toString(16).padStart(6, "0"),
      numbers: part.map((each) => each.toString(16).padStart(2, "0")).join(" ").padEnd(WIDTH * 3 - 1),
      letters: part.map((each) => (each > 31 && each < 127 ? String.fromCharCode(each) : "·")).join(""),
    });
  }
  return rows;
}
