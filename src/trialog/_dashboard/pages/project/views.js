/** Saved views: states of the page that have a name in the project, for everybody who looks at it. */

import { effect, signal, untracked } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";

import { getJson, postJson } from "trialog/data/api.js";
import { isLookOnly, LOOK_ONLY } from "trialog/data/server.js";
import { formatAge } from "trialog/logic/formats.js";
import { Dialog } from "trialog/parts/dialog.js";
import { Icon } from "trialog/parts/icons.js";
import { Popover } from "trialog/parts/menu.js";
import { announce, announceError } from "trialog/shell/announcer.js";
import { place, setState } from "trialog/shell/router.js";

/** @typedef {{name: string, content: Record<string, unknown>, by: string, saved_ns: number}} View */

const views = signal(/** @type {View[]} */ ([]));
const asked = signal(/** @type {{rename: string | null} | null} */ (null));

const address = () => `/projects/${encodeURIComponent(place.value.namespace)}/${encodeURIComponent(place.value.project)}/views`;

/** What a view keeps of the address. */
const stateNow = () => Object.fromEntries(Object.entries(place.value.state).filter(([key]) => key !== "saved"));

/** Loads the views, and the one that the address asks for by `?saved=name`. */
export function followViews() {
  let before = "";
  return effect(() => {
    const { page, namespace, project, state } = place.value;
    if (page === "project") {
      const path = `${namespace}/${project}`;
      const isOther = path !== before;
      before = path;
      untracked(() => {
        if (isOther) {
          views.value = [];
          load().then(() => openWanted(state.saved), announceError);
        } else if (state.saved) {
          openWanted(state.saved);
        }
      });
    }
  });
}

async function load() {
  views.value = (await getJson(address())).views;
}

/** @param {string | undefined} name */
function openWanted(name) {
  const found = views.peek().find((view) => view.name === name);
  if (found && Object.keys(stateNow()).length === 0) {
    openView(found, true);
  }
}

/** @param {View} view @param {boolean} [isFirst] the address has just been opened */
function openView(view, isFirst = false) {
  const gone = Object.fromEntries(Object.keys(place.value.state).map((key) => [key, ""]));
  const kept = Object.fromEntries(Object.entries(view.content).filter(([, value]) => typeof value === "string"));
  setState({ ...gone, .../** @type {Record<string, string>} */ (kept), saved: view.name }, { replace: isFirst });
}

/** @param {string} name */
async function save(name) {
  try {
    views.value = (await postJson(`${address()}/${encodeURIComponent(name)}`, { content: stateNow() }, undefined, "PUT")).views;
    setState({ saved: name }, { replace: true });
    announce(`View “${name}” saved`);
  } catch (error) {
    announceError(error);
  }
}

/** @param {View} view */
async function remove(view) {
  try {
    views.value = (await postJson(`${address()}/${encodeURIComponent(view.name)}`, {}, undefined, "DELETE")).views;
    if (place.value.state.saved === view.name) {
      setState({ saved: "" }, { replace: true });
    }
    announce(`View “${view.name}” deleted`, { undo: () => { put(view); } });
  } catch (error) {
    announceError(error);
  }
}

/** @param {View} view */
async function put(view) {
  try {
    views.value = (await postJson(`${address()}/${encodeURIComponent(view.name)}`, { content: view.content }, undefined, "PUT")).views;
  } catch (error) {
    announceError(error);
  }
}

/** @param {string} from @param {string} to */
async function rename(from, to) {
  const view = views.value.find((each) => each.name === from);
  if (!view || from === to) {
    return;
  }
  await put({ ...view, name: to });
  try {
    views.value = (await postJson(`${address()}/${encodeURIComponent(from)}`, {}, undefined, "DELETE")).views;
    if (place.value.state.saved === from) {
      setState({ saved: to }, { replace: true });
    }
  } catch (error) {
    announceError(error);
  }
}

/** The button with the list. */
export function ViewsMenu() {
  const current = views.value.find((view) => view.name === place.value.state.saved);
  const isChanged = current !== undefined && JSON.stringify(sorted(current.content)) !== JSON.stringify(sorted(stateNow()));
  return html`<${Popover} label="Saved views" icon="star" text=${html`<span class="cut view-name">${current ? current.name + (isChanged ? " *" : "") : "Views"}</span>`} testid="views" align="end">${
    (/** @type {() => void} */ close) => html`<div class="views">
      ${views.value.length === 0 && html`<p class="picker-note">A view keeps filter, order, columns, groups and charts under a name.</p>`}
      ${views.value.map((view) => html`<div class="view-line" key=${view.name}>
        <button class="view-open" aria-pressed=${view === current} onClick=${() => { close(); openView(view); }}><span class="cut">${view.name}</span><span class="soft">${view.by} ${formatAge(view.saved_ns)}</span></button>
        ${!isLookOnly.value && html`<button class="quiet" aria-label=${`Rename the view ${view.name}`} title="Rename" onClick=${() => { close(); asked.value = { rename: view.name }; }}><${Icon} name="settings" /></button>
        <button class="quiet" aria-label=${`Delete the view ${view.name}`} title="Delete" onClick=${() => remove(view)}><${Icon} name="trash" /></button>`}
      </div>`)}
      ${isLookOnly.value ? html`<p class="picker-note">${LOOK_ONLY}.</p>` : html`<div class="views-end">
        ${current && isChanged && html`<button onClick=${() => { close(); save(current.name); }} data-testid="save-view-again">Save “${current.name}”</button>`}
        <button class="primary" data-testid="save-view" onClick=${() => { close(); asked.value = { rename: null }; }}>Save as …</button>
      </div>`}</div>`}</${Popover}>
    ${asked.value && html`<${Naming} />`}`;
}

/** @param {Record<string, unknown>} content */
const sorted = (content) => Object.entries(content).sort(([one], [other]) => (one < other ? -1 : 1));

function Naming() {
  const from = asked.value?.rename ?? "";
  const [text, setText] = useState(from);
  useEffect(() => setText(from), [from]);
  const close = () => { asked.value = null; };
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    close();
    if (from) {
      rename(from, text.trim());
    } else {
      save(text.trim());
    }
  };
  return html`<${Dialog} title=${from ? "Rename the view" : "Save this view"} onClose=${close}>
    <form class="ask" onSubmit=${submit}><label for="view-text">Name</label>
      <input id="view-text" autocomplete="off" autofocus value=${text} onInput=${(/** @type {any} */ event) => setText(event.target.value)} data-testid="view-text" />
      ${!from && views.value.some((view) => view.name === text.trim()) && html`<p class="soft">It takes the place of the view of that name.</p>`}
      <div class="ask-end"><button type="button" onClick=${close}>Leave it</button><button class="primary" type="submit" disabled=${!text.trim()} data-testid="confirm">Save</button></div>
    </form></${Dialog}>`;
}
