/** What stands where there are no runs: in the project, or for the filter. */

import { html } from "htm/preact";

import { copy } from "trialog/pages/project/actions.js";
import { Icon } from "trialog/parts/icons.js";
import { Empty } from "trialog/parts/states.js";
import { setState } from "trialog/shell/router.js";

/** @param {{project: string, note?: string}} props note: why there are none, where there is no such project */
export function NoRuns({ project, note = "" }) {
  const code = `import trialog\n\nwith trialog.init("${project}", parameters={"lr": 0.01}) as run:\n    run.log("loss", 0.5)`;
  return html`<h1 class="unseen">${project}</h1><${Empty} title="No runs yet">${note && html`<span>${note}</span>`}
    <span>These lines make one:</span>
    <div class="example"><pre tabindex="0" aria-label="Python that makes a run"><code>${code}</code></pre><button class="quiet" aria-label="Copy the lines" onClick=${() => copy(code, "Python")}><${Icon} name="copy" /></button></div>
  </${Empty}>`;
}

/** No run is like the filter asks for. */
export function NoneFound() {
  return html`<${Empty} title="No run is like that">
    <span>The filter finds none of the runs of this project.</span>
    <button onClick=${() => setState({ where: "" })} data-testid="show-all">Show all runs</button>
  </${Empty}>`;
}
