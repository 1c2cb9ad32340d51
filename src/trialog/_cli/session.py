"""What one call of the command line works on: the store, and how to answer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trialog import _names
from trialog._cli.output import is_terminal
from trialog._cli.progress import show_progress
from trialog._cli.words import quoted
from trialog._settings import Settings
from trialog._tracking.client import LocalClient
from trialog.errors import InvalidNameError, NotFoundError, StoreError, UsageError

if TYPE_CHECKING:
    from trialog._catalog import Catalog
    from trialog._reading import RunRecord

_CROWD = 200  # reading fewer runs is done before a bar could be seen


@dataclass
class Session:
    """One call of the command line.

    Attributes:
        store: the store's folder, as given; None for the default.
        wants_json: whether to answer in JSON; None for what fits stdout.
    """

    store: Path | None = None
    wants_json: bool | None = None

    @property
    def is_json(self) -> bool:
        """Whether the answer is JSON."""
        return not is_terminal() if self.wants_json is None else self.wants_json

    @property
    def home(self) -> Path:
        """The store's folder.

        Raises:
            UsageError: the environment says something that means nothing.
            StoreError: the folder that was given is not there.
        """
        if self.store is None:
            return Settings.from_environ().home
        home = self.store.expanduser().absolute()
        if not home.exists():
            raise StoreError(f"there is no store at {str(home)!r}")
        return home

    @property
    def home_to_be(self) -> Path:
        """The store's folder, which need not be there yet.

        Raises:
            UsageError: as :attr:`home`.
        """
        return self.home if self.store is None else self.store.expanduser().absolute()

    def catalog(self) -> Catalog:
        """The store's catalog, once it knows what the journals hold now.

        Raises:
            StoreError: the store cannot be read.
        """
        catalog = self.catalog_as_it_is()
        with show_progress("Reading runs", at_least=_CROWD) as progress:
            catalog.refresh(progress)
        return catalog

    def catalog_as_it_is(self) -> Catalog:
        """The store's catalog, not brought up to date."""
        from trialog._reading import catalog_of  # noqa: PLC0415 # loads sqlalchemy

        return catalog_of(self.home)


def resolve_run(catalog: Catalog, run: str, project: str | None) -> RunRecord:
    """The run that is meant by an id, the beginning of one, or a name.

    Raises:
        NotFoundError: there is none; where it is a project, the message says what to call.
        UsageError: several are meant.
    """
    from trialog._reading import resolve  # noqa: PLC0415 # loads sqlalchemy

    namespace, slug = project_slugs(catalog, project)
    try:
        return resolve(catalog, run, namespace=namespace, project=slug)
    except NotFoundError:
        if _is_there(catalog, run, project, "experiment"):
            raise NotFoundError(
                f"{run!r} is an experiment, not a run; look at it by `trialog experiment show "
                f"{quoted(run)}`, at its runs by `trialog run list --experiment {quoted(run)}`"
            ) from None
        if is_project(catalog, run):
            raise NotFoundError(
                f"{run!r} is a project, not a run; look at it by `trialog run list {quoted(run)}` "
                f"or `trialog run compare {quoted(run)}`"
            ) from None
        raise


def resolve_experiment(catalog: Catalog, experiment: str, project: str | None) -> RunRecord:
    """The experiment that is meant by a name, an id, the beginning of one, or a digest.

    Raises:
        NotFoundError: there is none; where it is a run or a project, the message says what to call.
        UsageError: several are meant.
    """
    from trialog._public.experiments import find_experiment  # noqa: PLC0415 # loads sqlalchemy
    from trialog._reading import resolve  # noqa: PLC0415 # as above

    project_slugs(catalog, project)  # says which project was meant
    try:
        found = find_experiment(experiment, project, LocalClient(catalog.store.path))
    except NotFoundError:
        if _is_there(catalog, experiment, project, "run"):
            raise NotFoundError(
                f"{experiment!r} is a run, not an experiment; look at it by "
                f"`trialog run show {quoted(experiment)}`"
            ) from None
        if is_project(catalog, experiment):
            raise NotFoundError(
                f"{experiment!r} is a project, not an experiment; look at it by `trialog "
                f"experiment list {quoted(experiment)}` or `trialog experiment compare "
                f"{quoted(experiment)}`"
            ) from None
        raise
    return resolve(
        catalog,
        found.experiment,
        namespace=found.namespace,
        project=found.project,
        is_id=True,
        kind="experiment",
    )


def _is_there(catalog: Catalog, text: str, project: str | None, kind: str) -> bool:
    """Whether a run or an experiment is meant by a text."""
    from trialog._reading import resolve  # noqa: PLC0415 # loads sqlalchemy

    namespace, slug = project_slugs(catalog, project)
    try:
        resolve(catalog, text, namespace=namespace, project=slug, kind=kind)
    except UsageError:
        return True  # several of them
    except NotFoundError:
        return False
    return True


def project_slugs(catalog: Catalog, project: str | None) -> tuple[str | None, str | None]:
    """Namespace and project of ``"project"`` or ``"namespace/project"``, as slugs; None for any.

    Raises:
        NotFoundError: there is no such project; the message names the nearest.
        InvalidNameError: it cannot be a project's name.
    """
    if project is None:
        return None, None
    found = find_project(catalog, project)
    if found is None:
        known = project_paths(catalog)
        guess = _names.nearest(project, [*known, *(path.partition("/")[2] for path in known)])
        hint = f"; did you mean {guess!r}?" if guess else f" in {str(catalog.store.path)!r}"
        raise NotFoundError(f"there is no project {project!r}{hint}")
    return found


def find_project(catalog: Catalog, project: str) -> tuple[str | None, str] | None:
    """Namespace (None for any) and project as slugs, or None where no such project has runs."""
    wanted = _names.parse_project(project)
    for path in project_paths(catalog):
        owner, _, slug = path.partition("/")
        if slug == wanted[1] and wanted[0] in (None, owner):
            return wanted
    return None


def is_project(catalog: Catalog, name: str) -> bool:
    """Whether there is a project of that name with runs in it."""
    try:
        return find_project(catalog, name) is not None
    except InvalidNameError:
        return False


def project_paths(catalog: Catalog) -> list[str]:
    """All projects, as ``namespace/project``."""
    from trialog._catalog import queries  # noqa: PLC0415 # loads sqlalchemy

    return [f"{row.namespace}/{row.project}" for row in catalog.ask(queries.projects)]
