/** The lines of a console as they are known: pages of them, asked for when they are seen; the newest while a run goes on. */

import { signal } from "@preact/signals";

import { getJson, isAborted } from "trialog/data/api.js";

/** @typedef {import("trialog/api.d.ts").LineShape} Line */
/** @typedef {import("trialog/api.d.ts").ConsoleShape} Found */
/** @typedef {{stream?: string, rank?: string, attempt?: string}} Wish */

const PAGE = 200;
const MOST_PAGES = 60;

/** Of one run and wish. */
export class ConsoleLines {
  /**
   * @param {string} path of the run in the API
   * @param {Wish} wish
   */
  constructor(path, wish) {
    this.path = path;
    this.wish = wish;
    /** @type {import("@preact/signals").Signal<Found | null>} the newest answer */
    this.newest = signal(/** @type {Found | null} */ (null));
    /** @type {import("@preact/signals").Signal<unknown>} */
    this.failure = signal(/** @type {unknown} */ (null));
    /** Rises when lines have come. */
    this.version = signal(0);
    /** @type {Map<number, Line[]>} */
    this.pages = new Map();
    /** @type {Set<number>} */
    this.asked = new Set();
    this.abort = new AbortController();
  }

  /** How many lines there are, unfinished ones too. */
  get total() {
    const found = this.newest.value;
    return found ? found.total + found.open_lines.length : 0;
  }

  /**
   * A line, where it is known.
   * @param {number} at
   * @returns {Line | null}
   */
  line(at) {
    const found = this.newest.peek();
    if (found && at >= found.total) {
      return found.open_lines[at - found.total] ?? null;
    }
    return this.pages.get(Math.floor(at / PAGE))?.[at % PAGE] ?? null;
  }

  /** Asks how it ends now. */
  async refresh() {
    const before = this.newest.peek()?.total ?? -1;
    const found = await this.ask({ start: -1, count: 1 });
    if (found && found.total !== before) {
      this.pages.delete(Math.floor(Math.max(0, before) / PAGE)); // it has grown
      this.version.value += 1;
    }
  }

  /**
   * Asks for what is not known of some lines.
   * @param {number} first
   * @param {number} end
   */
  want(first, end) {
    const total = this.newest.peek()?.total ?? 0;
    for (let page = Math.floor(first / PAGE); page * PAGE < Math.min(end, total); page += 1) {
      const known = this.pages.get(page);
      if (this.asked.has(page) || (known && known.length >= Math.min(PAGE, total - page * PAGE))) {
        continue;
      }
      this.asked.add(page);
      this.ask({ start: page * PAGE, count: PAGE }).then((found) => {
        this.asked.delete(page);
        if (found) {
          this.keep(page, found.lines);
        }
      });
    }
  }

  /** Asks for no more. */
  stop() {
    this.abort.abort();
  }

  /**
   * @param {number} page
   * @param {Line[]} lines
   */
  keep(page, lines) {
    this.pages.delete(page);
    this.pages.set(page, lines);
    for (const oldest of this.pages.keys()) {
      if (this.pages.size <= MOST_PAGES) {
        break;
      }
      this.pages.delete(oldest);
    }
    this.version.value += 1;
  }

  /**
   * @param {{start: number, count: number}} range
   * @returns {Promise<Found | null>}
   */
  async ask(range) {
    try {
      const found = await getJson(`${this.path}/console`, { ...this.wish, ...range }, this.abort.signal);
      this.newest.value = found;
      this.failure.value = null;
      return found;
    } catch (error) {
      if (!isAborted(error)) {
        this.failure.value = error;
      }
      return null;
    }
  }
}
