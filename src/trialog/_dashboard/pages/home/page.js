/** The first page: what needs attention, then the projects. */

import { signal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect } from "preact/hooks";

import { getJson, isAborted } from "trialog/data/api.js";
import { formatAge, formatCount, formatDuration, formatTime } from "trialog/logic/formats.js";
import { projectPath, runPath } from "trialog/logic/url.js";
import { Failure, Waiting } from "trialog/parts/states.js";
import { StatusBadge } from "trialog/parts/status.js";
import { documentTitle } from "trialog/shell/titles.js";
import { DayBars } from "trialog/pages/home/days.js";
import { Welcome } from "trialog/pages/home/welcome.js";

/** @typedef {import("trialog/api.d.ts").Home} Home */
/** @typedef {import("trialog/api.d.ts").RunHead} RunHead */
/** @typedef {import("trialog/api.d.ts").ProjectHead} ProjectHead */

const AGAIN_MS = 5000;

/** @type {import("@preact/signals").Signal<Home | null>} */
const found = signal(/** @type {Home | null} */ (null));
/** @type {import("@preact/signals").Signal<unknown>} */
const failure = signal(/** @type {unknown} */ (null));

/** The page. */
export function Page() {
  useEffect(() => {
    documentTitle.value = "";
    const abort = new AbortController();
    const look = () => {
      if (!document.hidden) {
        load(abort.signal);
      }
    };
    look();
    const timer = setInterval(look, AGAIN_MS);
    document.addEventListener("visibilitychange", look);
    return () => {
      abort.abort();
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);
  if (!found.value) {
    return failure.value ? html`<${Failure} error=${failure.value} />` : html`<${Waiting} what="projects" />`;
  }
  const { attention, projects } = found.value;
  if (!projects.length) {
    return html`<${Welcome} />`;
  }
  return html`<div class="home-page" data-state="ready">
    <h1 class="unseen">Home</h1>
    ${failure.value && html`<p class="stale" role="status">${message(failure.value)} What is shown may be old.</p>`}
    <${Attention} runs=${attention} />
    <${Projects} projects=${projects} />
  </div>`;
}

/** @param {unknown} error */
function message(error) {
  return error instanceof Error ? error.message : String(error);
}

/** @param {AbortSignal} abort */
async function load(abort) {
  try {
    const answer = await getJson("/home", {}, abort);
    if (JSON.stringify(answer) !== JSON.stringify(found.value)) {
      found.value = answer;
    }
    failure.value = null;
  } catch (error) {
    if (!isAborted(error)) {
      failure.value = error;
    }
  }
}

/** @param {{runs: RunHead[]}} props */
function Attention({ runs }) {
  const open = runs.filter((run) => !run.ended_ns);
  return html`<section aria-labelledby="attention">
    <h2 id="attention">Needs attention</h2>
    ${runs.length === 0
      ? html`<p class="panel calm">Nothing. In the last two weeks every run has ended well.</p>`
      : html`<p class="unseen">${formatCount(open.length, "run")} under way, ${formatCount(runs.length - open.length, "run")} in trouble</p>
        <ul class="panel attention">${runs.map((run) => html`<${AttentionRow} key=${run.id} run=${run} />`)}</ul>`}
  </section>`;
}

/** @param {{run: RunHead}} props */
function AttentionRow({ run }) {
  return html`<li>
    <${StatusBadge} status=${run.status} reason=${run.reason} />
    <a class="cut name" href=${runPath(run)}>${run.name}</a>
    <span class="cut reason">${run.reason ?? ""}</span>
    <a class="soft cut where" href=${projectPath(run.namespace, run.project)}>${run.namespace}/${run.project}</a>
    <span class="soft when" title=${formatTime(run.ended_ns ?? run.created_ns)}>
      ${run.ended_ns ? formatAge(run.ended_ns) : `for ${formatDuration(run.duration)}`}</span>
  </li>`;
}

/** @param {{projects: ProjectHead[]}} props */
function Projects({ projects }) {
  const namespaces = [...new Set(projects.map((each) => each.namespace))];
  return html`<section aria-labelledby="projects">
    <h2 id="projects">Projects</h2>
    ${namespaces.map((namespace) => {
      const own = projects.filter((each) => each.namespace === namespace);
      return html`<div class="namespace" key=${namespace}>
        ${namespaces.length > 1 && html`<h3 class="soft">${own[0].namespace_name || namespace}</h3>`}
        <ul class="projects">${own.map((each) => html`<${ProjectCard} key=${each.project} project=${each} />`)}</ul>
      </div>`;
    })}
  </section>`;
}

/** @param {{project: ProjectHead}} props */
function ProjectCard({ project }) {
  const statuses = Object.entries(project.statuses).filter(([status]) => status !== "COMPLETED");
  const name = project.project_name || project.project;
  return html`<li class="panel project">
    <a class="cut title" href=${projectPath(project.namespace, project.project)} title=${name}>${name}</a>
    <${DayBars} days=${project.days} />
    <span class="counts">
      <span>${formatCount(project.runs, "run")}</span>
      ${statuses.map(([status, amount]) => html`<span class=${`status status-${status.toLowerCase()}`} key=${status}>
        ${amount} ${status.toLowerCase()}</span>`)}
    </span>
    <span class="soft">${project.newest_ns ? `newest ${formatAge(project.newest_ns)}` : "no runs"}</span>
  </li>`;
}
