/** What stands where there is no run yet: how to make one. */

import { html } from "htm/preact";

const PROGRAM = `import trialog

with trialog.init("digits", parameters={"lr": 0.1}) as run:
    for step in range(100):
        run.log("loss", 1 / (step + 1))`;

/** The first page of an empty store. */
export function Welcome() {
  return html`<div class="welcome" data-state="empty">
    <h1>No runs yet</h1>
    <p>Run this anywhere on this machine, and it appears here:</p>
    <pre class="panel"><code>${PROGRAM}</code></pre>
  </div>`;
}
