/** A pen that writes SVG: of a canvas's drawing calls, those that charts use. Text stays text. Pure. */

/** Draws like a `CanvasRenderingContext2D`. */
export class SvgPen {
  /** @param {number} width @param {number} height */
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.font = "11px sans-serif";
    this.fillStyle = "#000000";
    this.strokeStyle = "#000000";
    this.lineWidth = 1;
    this.lineJoin = "round";
    /** @type {CanvasTextAlign} */
    this.textAlign = "left";
    /** @type {CanvasTextBaseline} */
    this.textBaseline = "alphabetic";
    /** @type {readonly number[]} */
    this.dash = [];
    /** @type {string[]} */
    this.parts = [];
    /** @type {string[]} */
    this.path = [];
    /** @type {string[]} */
    this.clips = [];
    this.open = 0;
  }

  beginPath() {
    this.path = [];
  }

  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.path.push(`M${short(x)} ${short(y)}`);
  }

  /** @param {number} x @param {number} y */
  lineTo(x, y) {
    this.path.push(`${this.path.length ? "L" : "M"}${short(x)} ${short(y)}`);
  }

  closePath() {
    this.path.push("Z");
  }

  /** @param {number} x @param {number} y @param {number} width @param {number} height */
  rect(x, y, width, height) {
    this.path.push(`M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}Z`);
  }

  /** A whole circle. @param {number} x @param {number} y @param {number} radius @param {number} from @param {number} to */
  arc(x, y, radius, from, to) {
    void from;
    void to;
    const r = short(radius);
    this.path.push(`M${short(x - radius)} ${short(y)}a${r} ${r} 0 1 0 ${short(2 * radius)} 0a${r} ${r} 0 1 0 ${short(-2 * radius)} 0Z`);
  }

  /** @param {readonly number[]} dash */
  setLineDash(dash) {
    this.dash = dash;
  }

  stroke() {
    if (this.path.length) {
      const dash = this.dash.length ? ` stroke-dasharray="${this.dash.join(" ")}"` : "";
      this.parts.push(`<path d="${this.path.join("")}" fill="none" ${paint("stroke", this.strokeStyle)} stroke-width="${short(this.lineWidth)}" stroke-linejoin="round"${dash}/>`);
    }
  }

  fill() {
    this.parts.push(`<path d="${this.path.join("")}" ${paint("fill", this.fillStyle)}/>`);
  }

  /** @param {number} x @param {number} y @param {number} width @param {number} height */
  fillRect(x, y, width, height) {
    this.parts.push(`<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" ${paint("fill", this.fillStyle)}/>`);
  }

  /** @param {string} text @param {number} x @param {number} y */
  fillText(text, x, y) {
    const [, weight = "", size, family] = /^(\d+ )?([\d.]+)px (.*)$/s.exec(this.font) ?? [];
    const anchor = this.textAlign === "center" ? "middle" : this.textAlign === "right" ? "end" : "start";
    const shift = this.textBaseline === "middle" ? 0.35 : this.textBaseline === "top" ? 0.85 : 0;
    const bold = weight ? ` font-weight="${weight.trim()}"` : "";
    this.parts.push(`<text x="${short(x)}" y="${short(y + shift * Number(size))}" font-size="${size}" font-family="${escape(family)}"${bold} text-anchor="${anchor}" ${paint("fill", this.fillStyle)}>${escape(text)}</text>`);
  }

  save() {
    this.parts.push("<g>");
    this.open += 1;
  }

  restore() {
    this.parts.push("</g>");
    this.open -= 1;
  }

  /** What is drawn until `restore` is cut to the path. */
  clip() {
    const id = `clip${this.clips.length}`;
    this.clips.push(`<clipPath id="${id}"><path d="${this.path.join("")}"/></clipPath>`);
    const at = this.parts.lastIndexOf("<g>");
    this.parts[at] = `<g clip-path="url(#${id})">`;
  }

  /** The drawing, as a file. */
  toString() {
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${this.width}" height="${this.height}" viewBox="0 0 ${this.width} ${this.height}"><defs>${this.clips.join("")}</defs>${this.parts.join("")}</svg>\n`;
  }
}

/** @param {number} value */
function short(value) {
  return String(Math.round(value * 100) / 100);
}

/** @param {"fill" | "stroke"} what @param {string | CanvasGradient | CanvasPattern} colour as `#rrggbb` or `#rrggbbaa` */
function paint(what, colour) {
  const text = String(colour);
  return text.length === 9 && text.startsWith("#")
    ? `${what}="${text.slice(0, 7)}" ${what}-opacity="${Math.round((Number.parseInt(text.slice(7), 16) / 255) * 1000) / 1000}"`
    : `${what}="${escape(text)}"`;
}

/** @param {string} text */
function escape(text) {
  return text.replace(/[&<>"]/g, (each) => /** @type {Record<string, string>} */ ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[each])
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "�");
}
