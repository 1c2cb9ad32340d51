// Stands in the page itself: asks for what a project's page shows first, while its modules are on their way.
// `data/early.js` hands on the answers.
{
  const project = /^\/([^/]+)\/([^/]+)\/?$/.exec(location.pathname);
  const token = /^#token=([\w-]+)$/.exec(location.hash)?.[1] ?? localStorage.getItem("trialog.token");
  const asked = /** @type {import("./data/early.js").Early[]} */ ([]);
  const ask = (/** @type {string} */ path, /** @type {string | undefined} */ body) => {
    const answer = fetch(`/api/v1${path}`, {
      method: body ? "POST" : "GET",
      headers: { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) },
      body,
    });
    const entry = { path, body, answer, found: undefined };
    answer.then((early) => early.ok ? early.clone().json() : undefined)
      .then((found) => { entry.found = found; }, () => undefined); // who takes the answer is told
    asked.push(entry);
  };
  if (project && token) {
    ask(`/projects/${project[1]}/${project[2]}`, undefined);
    if (!location.search) {
      ask("/runs", JSON.stringify({ project: `${decodeURIComponent(project[1])}/${decodeURIComponent(project[2])}`, where: "", sort: "", columns: null, offset: 0, limit: 100 }));
    }
  }
  Object.assign(window, { __early: asked });
}
