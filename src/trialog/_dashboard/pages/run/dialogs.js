/** What is asked before a run is changed. */

import { html } from "htm/preact";

import { changeRun } from "trialog/pages/run/state.js";
import { Dialog } from "trialog/parts/dialog.js";

/** @typedef {import("trialog/pages/run/state.js").Run} Run */

/** @param {{run: Run, onClose: () => void}} props */
export function EditDialog({ run, onClose }) {
  const { name } = run.head;
  const description = run.description ?? "";
  /** @param {Event} event */
  const save = async (event) => {
    event.preventDefault();
    const given = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    /** @type {Record<string, string>} */
    const change = {};
    if (given.get("name") !== name) {
      change.name = String(given.get("name"));
    }
    if (given.get("description") !== description) {
      change.description = String(given.get("description"));
    }
    if (!Object.keys(change).length || (await changeRun(change, "Saved."))) {
      onClose();
    }
  };
  return html`<${Dialog} title="Rename and describe" onClose=${onClose}>
    <form class="form" onSubmit=${save}>
      <label for="run-name">Name</label><input id="run-name" name="name" value=${name} autocomplete="off" required />
      <label for="run-description">Description</label><textarea id="run-description" name="description" rows="5">${description}</textarea>
      <div class="form-acts"><button type="button" onClick=${onClose}>Leave it</button><button class="primary" type="submit">Save</button></div>
    </form>
  </${Dialog}>`;
}

/** @param {{onClose: () => void}} props */
export function CancelDialog({ onClose }) {
  /** @param {Event} event */
  const cancel = async (event) => {
    event.preventDefault();
    const given = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const signal = given.get("signal") ? "SIGTERM" : null;
    if (await changeRun({ cancel: true, reason: String(given.get("reason")) || null, signal }, "The run was asked to stop.")) {
      onClose();
    }
  };
  return html`<${Dialog} title="Ask the run to stop" onClose=${onClose}>
    <form class="form" onSubmit=${cancel}>
      <p>It is asked to stop, and is canceled once it has. Code that never looks at <code>run.should_stop</code> goes on unless it gets a signal too.</p>
      <label for="cancel-reason">Why</label><input id="cancel-reason" name="reason" autocomplete="off" placeholder="the loss goes up" />
      <label class="choice"><input type="checkbox" name="signal" />Send SIGTERM besides</label>
      <div class="form-acts"><button type="button" onClick=${onClose}>Let it run</button><button class="primary" type="submit" data-testid="cancel-now">Ask it to stop</button></div>
    </form>
  </${Dialog}>`;
}
