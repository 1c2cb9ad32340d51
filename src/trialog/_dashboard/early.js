// Stands in the page itself: asks for what a project's page shows first, while its modules are on their way.
// `data/api.js` takes the answer.
{
  const project = /^\/([^/]+)\/([^/]+)\/?$/.exec(location.pathname);
  const token = /^#token=([\w-]+)$/.exec(location.hash)?.[1] ?? localStorage.getItem("trialog.token");
  if (project && token) {
    const path = `/projects/${project[1]}/${project[2]}`;
    const asked = fetch(`/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
    asked.catch(() => undefined); // who takes it is told
    Object.assign(window, { __early: { path, asked } });
  }
}
