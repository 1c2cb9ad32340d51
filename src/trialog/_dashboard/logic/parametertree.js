/** Parameters as a tree of their names' parts, and as text for other programs. Pure. */

/**
 * @typedef {{name: string, kind: string, text: string, changes: number}} Parameter
 * @typedef {{label: string, path: string, parameter: Parameter | null, children: Node[], size: number}} Node size: parameters in it
 * @typedef {{label: string, path: string, depth: number, parameter: Parameter | null, size: number, isOpen: boolean}} Row
 */

/**
 * @param {readonly Parameter[]} parameters
 * @returns {Node[]}
 */
export function parameterTree(parameters) {
  /** @type {Node} */
  const root = { label: "", path: "", parameter: null, children: [], size: 0 };
  /** @type {Map<string, Node>} */
  const known = new Map([["", root]]);
  for (const parameter of parameters) {
    const parts = parameter.name.split("/");
    let node = root;
    node.size += 1;
    for (let at = 0; at < parts.length; at += 1) {
      const path = parts.slice(0, at + 1).join("/");
      const key = `${at === parts.length - 1 ? "=" : "/"}${path}`;
      let next = known.get(key);
      if (!next) {
        next = { label: parts[at], path, parameter: null, children: [], size: 0 };
        known.set(key, next);
        node.children.push(next);
      }
      next.size += 1;
      node = next;
    }
    node.parameter = parameter;
  }
  return root.children;
}

/**
 * The rows that are seen: of closed nodes not what is in them.
 * @param {readonly Node[]} nodes
 * @param {ReadonlySet<string>} closed paths
 * @param {number} [depth]
 * @returns {Row[]}
 */
export function treeRows(nodes, closed, depth = 0) {
  /** @type {Row[]} */
  const rows = [];
  for (const { label, path, parameter, children, size } of nodes) {
    const isOpen = !closed.has(path);
    rows.push({ label, path, depth, parameter, size, isOpen });
    if (children.length && isOpen) {
      for (const row of treeRows(children, closed, depth + 1)) {
        rows.push(row);
      }
    }
  }
  return rows;
}

/**
 * The parameters that a text is in, in their names or values.
 * @param {readonly Parameter[]} parameters
 * @param {string} wanted
 */
export function foundParameters(parameters, wanted) {
  const sought = wanted.trim().toLowerCase();
  return sought ? parameters.filter((each) => each.name.toLowerCase().includes(sought) || each.text.toLowerCase().includes(sought)) : parameters;
}

/**
 * @param {readonly Parameter[]} parameters
 * @returns {string} JSON; numbers that it has not are texts
 */
export function asJson(parameters) {
  const value = (/** @type {Parameter} */ { kind, text }) => {
    if (kind === "bool") {
      return text.toLowerCase();
    }
    if (kind === "none") {
      return "null";
    }
    return (kind === "int" || kind === "float") && /\d$/.test(text) ? text : JSON.stringify(text);
  };
  return block(parameters, "{", "}", (each) => `${JSON.stringify(each.name)}: ${value(each)}`);
}

/** @param {readonly Parameter[]} parameters */
export function asPython(parameters) {
  const value = (/** @type {Parameter} */ { kind, text }) => {
    if (kind === "str") {
      return pythonText(text);
    }
    return kind === "float" && !/\d$/.test(text) ? `float("${text}")` : text;
  };
  return block(parameters, "{", "}", (each) => `${pythonText(each.name)}: ${value(each)}`);
}

/** @param {readonly Parameter[]} parameters */
export function asYaml(parameters) {
  const value = (/** @type {Parameter} */ { kind, text }) => {
    if (kind === "bool") {
      return text.toLowerCase();
    }
    if (kind === "none") {
      return "null";
    }
    if (kind === "float") {
      // YAML 1.1 takes 1e-05 for a text: its floats have a point
      return /\d$/.test(text) ? text.replace(/^(-?\d+)e/, "$1.0e") : { nan: ".nan", inf: ".inf", "-inf": "-.inf" }[text] ?? text;
    }
    return kind === "int" ? text : JSON.stringify(text);
  };
  return parameters.map((each) => `${/^[A-Za-z_][\w/.-]*$/.test(each.name) ? each.name : JSON.stringify(each.name)}: ${value(each)}\n`).join("");
}

/**
 * @param {readonly Parameter[]} parameters
 * @param {string} open
 * @param {string} close
 * @param {(parameter: Parameter) => string} row
 */
function block(parameters, open, close, row) {
  return parameters.length ? `${open}\n${parameters.map((each) => `    ${row(each)}`).join(",\n")}\n${close}\n` : `${open}${close}\n`;
}

/** @param {string} text */
function pythonText(text) {
  return JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
