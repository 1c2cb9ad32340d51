/** Addresses of pages: which page, and its state in readable keys. Pure. */

/**
 * @typedef {"home" | "project" | "compare" | "sweep" | "run" | "missing"} PageName
 * @typedef {Record<string, string>} State values by key, as texts; a key that is not there has its default
 * @typedef {{page: PageName, namespace: string, project: string, run: string, tab: string, state: State}} Place
 */

/**
 * @param {string} path
 * @param {string} query with or without `?`
 * @returns {Place}
 */
export function parsePlace(path, query) {
  const parts = path.split("/").filter(Boolean).map(decode);
  const [namespace = "", project = "", third = "", run = "", tab = ""] = parts;
  /** @type {PageName} */
  let page = "missing";
  if (parts.length === 0) {
    page = "home";
  } else if (parts.length === 2) {
    page = "project";
  } else if (parts.length === 3 && (third === "compare" || third === "sweep")) {
    page = third;
  } else if ((parts.length === 4 || parts.length === 5) && third === "runs") {
    page = "run";
  }
  return { page, namespace, project, run, tab, state: Object.fromEntries(new URLSearchParams(query)) };
}

/** @param {string} part */
function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/**
 * The address of a state; empty values are left out, and what is readable stays so.
 * @param {string} path
 * @param {Record<string, string | null | undefined>} state
 */
export function placeUrl(path, state) {
  const pairs = Object.entries(state).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const text = pairs.map(([key, value]) => `${encodeURIComponent(key)}=${encodeReadably(String(value))}`).join("&");
  return text ? `${path}?${text}` : path;
}

/** @param {string} text */
function encodeReadably(text) {
  return encodeURIComponent(text)
    .replace(/%(2C|2F|3A|40|28|29|5B|5D|3C|3E|3D|22|7C)/gi, (found) =>
      /%(22|3C|3E)/i.test(found) ? found : decodeURIComponent(found))
    .replace(/%20/g, "+");
}

/**
 * @param {string} namespace
 * @param {string} project
 */
export function projectPath(namespace, project) {
  return `/${encodeURIComponent(namespace)}/${encodeURIComponent(project)}`;
}

/**
 * @param {{namespace: string, project: string, id: string}} run
 * @param {string} [tab]
 */
export function runPath(run, tab = "") {
  const path = `${projectPath(run.namespace, run.project)}/runs/${encodeURIComponent(run.id)}`;
  return tab ? `${path}/${tab}` : path;
}

/**
 * A list in a state's value: items with commas between, commas and backslashes in them escaped.
 * @param {readonly string[]} items
 */
export function joinList(items) {
  return items.map((item) => item.replace(/[\\,]/g, (each) => `\\${each}`)).join(",");
}

/**
 * @param {string | undefined} text
 * @returns {string[]}
 */
export function splitList(text) {
  if (!text) {
    return [];
  }
  const items = [""];
  for (let place = 0; place < text.length; place += 1) {
    if (text[place] === "\\" && place + 1 < text.length) {
      place += 1;
      items[items.length - 1] += text[place];
    } else if (text[place] === ",") {
      items.push("");
    } else {
      items[items.length - 1] += text[place];
    }
  }
  return items;
}
