/** Colours of a terminal in a line of text: from escape sequences to pieces with names of styles. Pure. */

/**
 * @typedef {{text: string, classes: string}} Piece classes: as "ansi-bold ansi-fg-1", of 8 colours that both themes have
 * @typedef {{bold: boolean, dim: boolean, italic: boolean, underline: boolean, struck: boolean, reverse: boolean, front: number, back: number}} Style
 */

// Colour sequences; any other escape sequence; control characters that say nothing on a page.
const SEQUENCE = /\x1b\[([0-9;:]*)m|\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\^_]|[\x00-\x08\x0b-\x1f\x7f]/g;
// Black, red, green, yellow, blue, magenta, cyan, white.
const HUES = [[0, 0, 0], [205, 40, 40], [20, 160, 60], [190, 150, 0], [50, 100, 220], [180, 60, 180], [0, 160, 170], [220, 220, 220]];

/** @returns {Style} */
const plain = () => ({ bold: false, dim: false, italic: false, underline: false, struck: false, reverse: false, front: -1, back: -1 });

/**
 * @param {string} text
 * @returns {Piece[]} their texts together are the line without escape sequences
 */
export function ansiPieces(text) {
  /** @type {Piece[]} */
  const pieces = [];
  let style = plain();
  let from = 0;
  /** @param {string} part */
  const add = (part) => {
    const classes = part && classesOf(style);
    const last = pieces[pieces.length - 1];
    if (last && last.classes === classes) {
      last.text += part;
    } else if (part) {
      pieces.push({ text: part, classes });
    }
  };
  for (const found of text.matchAll(SEQUENCE)) {
    add(text.slice(from, found.index));
    from = found.index + found[0].length;
    if (found[1] !== undefined) {
      style = styled(style, found[1]);
    }
  }
  add(text.slice(from));
  return pieces;
}

/**
 * A line without its escape sequences.
 * @param {string} text
 */
export function bareText(text) {
  return text.replace(SEQUENCE, "");
}

/**
 * Marks where a text stands in pieces, without regard to case unless asked for.
 * @param {Piece[]} pieces
 * @param {string} wanted
 * @param {boolean} isExact
 * @returns {(Piece & {isHit?: boolean})[]}
 */
export function markedPieces(pieces, wanted, isExact) {
  if (!wanted) {
    return pieces;
  }
  const fold = (/** @type {string} */ text) => (isExact ? text : text.toLowerCase());
  const whole = fold(pieces.map((piece) => piece.text).join(""));
  const sought = fold(wanted);
  /** @type {number[]} */
  const cuts = [];
  for (let at = whole.indexOf(sought); at >= 0; at = whole.indexOf(sought, at + sought.length)) {
    cuts.push(at, at + sought.length);
  }
  if (!cuts.length || whole.length !== pieces.reduce((sum, piece) => sum + piece.text.length, 0)) {
    return pieces;
  }
  /** @type {(Piece & {isHit?: boolean})[]} */
  const marked = [];
  let place = 0;
  let cut = 0;
  for (const piece of pieces) {
    let rest = piece.text;
    while (rest) {
      while (cut < cuts.length && cuts[cut] <= place) {
        cut += 1;
      }
      const length = cut < cuts.length ? Math.min(rest.length, cuts[cut] - place) : rest.length;
      marked.push({ text: rest.slice(0, length), classes: piece.classes, isHit: cut % 2 === 1 });
      rest = rest.slice(length);
      place += length;
    }
  }
  return marked;
}

/** @param {Style} style */
function classesOf(style) {
  const front = style.reverse ? (style.back < 0 ? 9 : style.back) : style.front;
  const back = style.reverse ? (style.front < 0 ? 9 : style.front) : style.back;
  return [
    style.bold && "ansi-bold", style.dim && "ansi-dim", style.italic && "ansi-italic", style.underline && "ansi-underline",
    style.struck && "ansi-struck", front >= 0 && back < 0 && `ansi-fg-${front}`, back >= 0 && `ansi-bg-${back}`,
  ].filter(Boolean).join(" ");
}

/**
 * @param {Style} before
 * @param {string} codes
 * @returns {Style}
 */
function styled(before, codes) {
  let style = { ...before };
  const numbers = codes.split(/[;:]/).map(Number);
  for (let at = 0; at < numbers.length; at += 1) {
    const code = numbers[at];
    if (code === 0) {
      style = plain();
    } else if (code === 38 || code === 48) {
      const [hue, used] = extended(numbers.slice(at + 1));
      style[code === 38 ? "front" : "back"] = hue;
      at += used;
    } else if (code === 1) {
      style.bold = true;
    } else if (code === 2) {
      style.dim = true;
    } else if (code === 3) {
      style.italic = true;
    } else if (code === 4) {
      style.underline = true;
    } else if (code === 7) {
      style.reverse = true;
    } else if (code === 9) {
      style.struck = true;
    } else if (code === 22) {
      style.bold = style.dim = false;
    } else if (code === 23) {
      style.italic = false;
    } else if (code === 24) {
      style.underline = false;
    } else if (code === 27) {
      style.reverse = false;
    } else if (code === 29) {
      style.struck = false;
    } else if (code === 39) {
      style.front = -1;
    } else if (code === 49) {
      style.back = -1;
    } else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) {
      style.front = code % 10;
    } else if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) {
      style.back = code % 10;
    }
  }
  return style;
}

/**
 * The nearest of the 8 colours to one of 256, or of 16 million.
 * @param {number[]} numbers what stands after 38 or 48
 * @returns {[number, number]} the colour, and how many numbers said it
 */
function extended(numbers) {
  if (numbers[0] === 5) {
    const index = numbers[1] ?? 0;
    if (index < 16) {
      return [index % 8, 2];
    }
    if (index >= 232) {
      return [index < 244 ? 0 : 7, 2];
    }
    const level = (/** @type {number} */ part) => (part ? 55 + part * 40 : 0);
    const cube = index - 16;
    return [nearest([level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)]), 2];
  }
  return numbers[0] === 2 ? [nearest(numbers.slice(1, 4)), 4] : [-1, 1];
}

/** @param {number[]} colour */
function nearest(colour) {
  const distance = (/** @type {number[]} */ hue) => hue.reduce((sum, each, at) => sum + (each - (colour[at] ?? 0)) ** 2, 0);
  return HUES.reduce((best, hue, at) => (distance(hue) < distance(HUES[best]) ? at : best), 0);
}
