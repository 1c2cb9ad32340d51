"""Where a run goes when the call does not say: the default namespace and project."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

from trialog._format.owners import user_slug
from trialog._names import check_name, to_slug
from trialog._settings import Settings
from trialog._writing.identity import user_name
from trialog.errors import InvalidNameError, UsageError


class Belonging(NamedTuple):
    """Namespace and project, as slugs and as the user wrote them."""

    namespace: str
    namespace_name: str
    project: str
    project_name: str


def asked_for(
    first: str | None,
    second: str | None,
    namespace: str | None,
    project: str | None,
    settings: Settings,
) -> tuple[str | None, str | None]:
    """The two names of ``init``, some of which may have been given by keyword.

    Raises:
        UsageError: one of them is there twice.
    """
    if namespace is None and project is None:
        return first, second
    if first is not None and second is None:
        if project is None:
            first, project = None, first  # one name alone is a project
        elif namespace is not None:
            raise UsageError(
                f"init() was given the project twice, as {first!r} and as project={project!r}"
            )
    for keyword, given, position in (
        ("namespace", namespace, first),
        ("project", project, second),
    ):
        if given is not None and position is not None:
            raise UsageError(
                f"init() was given the {keyword} twice, as {position!r} and as {keyword}={given!r}"
            )
    namespace = first if namespace is None else namespace
    project = second if project is None else project
    if namespace is None:
        return project, None  # it may say its namespace too
    if project is None:
        project = (settings.project or _default_project()).rpartition("/")[2]
    return namespace, project


def belonging(first: object, second: object, settings: Settings) -> Belonging:
    """The namespace and project that the arguments of ``init`` mean.

    ``("ns", "project")``; ``("project",)`` and ``("ns/project",)``; ``()``: TRIALOG_PROJECT, else
    the folder of the git repository or script. The namespace defaults to TRIALOG_NAMESPACE, else
    the user's name.

    Raises:
        InvalidNameError: a name cannot be one, or nothing of it survives in a slug.
    """
    namespace, project = first, second
    if project is None:
        namespace, project = None, first
        if project is None:
            project = settings.project or _default_project()
        if isinstance(project, str) and project.count("/") == 1:
            namespace, project = project.split("/")
    if namespace is None:
        namespace = settings.namespace or user_slug(user_name())
    return Belonging(
        to_slug(namespace, "namespace"),
        check_name(namespace, "namespace"),
        to_slug(project, "project"),
        check_name(project, "project"),
    )


def _default_project() -> str:
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    try:
        folder = Path(main).resolve().parent if main else Path.cwd()
        for each in (folder, *folder.parents):
            if (each / ".git").exists():
                folder = each
                break
        return to_slug(folder.name, "project") and folder.name
    except (OSError, InvalidNameError):
        raise UsageError(
            "no project is named, and no folder gives one its name; call trialog.init('project') "
            "or set TRIALOG_PROJECT"
        ) from None
