/** The bar above every page: where one is, what is under way, the theme. */

import { html } from "htm/preact";
import { useEffect } from "preact/hooks";

import { underWay } from "trialog/data/activity.js";
import { askServer, isLookOnly, LOOK_ONLY } from "trialog/data/server.js";
import { projectPath, runPath } from "trialog/logic/url.js";
import { Icon } from "trialog/parts/icons.js";
import { Help } from "trialog/shell/help.js";
import { Live } from "trialog/shell/live.js";
import { place } from "trialog/shell/router.js";
import { Search } from "trialog/shell/search.js";
import { setTheme, theme } from "trialog/shell/theme.js";
import { runTitle } from "trialog/shell/titles.js";

/** The bar. */
export function Bar() {
  const { page, namespace, project, run } = place.value;
  useEffect(() => { void askServer(); }, []);
  const isInProject = page !== "home" && page !== "missing";
  return html`<header class="bar">
    <nav class="crumbs" aria-label="Where you are">
      <a href="/" class="home" aria-label="trialog, home"><${Icon} name="logo" /><span>trialog</span></a>
      ${isInProject && html`<span class="slash">/</span><a href=${projectPath(namespace, project)}>
        <span class="soft">${namespace}</span><span class="slash">/</span>${project}</a>`}
      ${page === "run" && html`<span class="slash">/</span><a href=${runPath({ namespace, project, id: run })} class="cut">${runTitle.value || run}</a>`}
      ${(page === "compare" || page === "sweep") && html`<span class="slash">/</span><span>${page}</span>`}
    </nav>
    <div class="bar-end">
      <span class="busy" data-busy=${underWay.value > 0} aria-hidden="true"></span>
      ${isLookOnly.value && html`<span class="tag" title=${LOOK_ONLY} data-testid="look-only">look-only</span>`}
      <${Live} />
      <${Search} />
      <${Help} />
      <button class="quiet" onClick=${turnTheme} aria-label=${`Theme: ${theme.value}; change it`} title=${`Theme: ${theme.value}`} data-testid="theme">
        <${Icon} name=${theme.value === "dark" ? "moon" : theme.value === "light" ? "sun" : "halves"} />
      </button>
    </div>
  </header>`;
}

function turnTheme() {
  setTheme(theme.value === "system" ? "light" : theme.value === "light" ? "dark" : "system");
}
