"""The run that is read from the store."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from trialog._catalog import Catalog
from trialog._display.cards import Card
from trialog._public.content import RunContent
from trialog._public.fetching import fetch_for
from trialog._public.plotting import Plotting
from trialog._reading import RunRecord, resolve
from trialog._reading import StoredRun as ReadRun
from trialog._reading.content import Fetch
from trialog._reading.showing import run_card
from trialog._tracking.cancellation import Asked, ask_to_stop, check_reason, parse_signal
from trialog._tracking.foreign import STORED_NAMES, refuse_assignment
from trialog._tracking.renaming import rename_recorded
from trialog._tracking.writers import edit_recorded
from trialog.errors import RunFinishedError


class StoredRun(ReadRun, Plotting, RunContent):
    """A run of the store: reads it, tags and describes it, deletes and restores it.

    Example:
        >>> import trialog
        >>> with trialog.init("acme", "demo", name="first") as run:
        ...     run.log("loss", 0.5)
        >>> trialog.get_run("first").metrics
        ['loss']
    """

    if not TYPE_CHECKING:  # else a type checker would take any name, and any assignment

        def __getattr__(self, name: str) -> Any:
            said = STORED_NAMES.get(name)
            if said is None:
                raise AttributeError(f"a stored run has no attribute {name!r}")
            project = self.record.place.project.path
            way = said.format(project=project, name=self.record.name)
            raise AttributeError(f"a stored run has no {name!r}: {way}")

        def __setattr__(self, name: str, value: object) -> None:
            if name != "record" and not name.startswith("_"):
                refuse_assignment(name, "a stored run")
            super().__setattr__(name, value)

    def add_tags(self, *tags: str | Iterable[str]) -> None:
        """Add tags; those it has stay as they are.

        Raises:
            InvalidNameError: one of them cannot be a tag.
            StoreError: the store cannot be written.

        Example:
            >>> import trialog
            >>> run = trialog.get_run(getfixture("run").id)
            >>> run.add_tags("good")
            >>> run.tags
            ('good',)
        """
        self._edit(add_tags=list(tags))

    def remove_tags(self, *tags: str | Iterable[str]) -> None:
        """Remove tags; those it does not have are no error.

        Raises:
            StoreError: the store cannot be written.

        Example:
            >>> import trialog
            >>> run = trialog.get_run(getfixture("run").id)
            >>> run.add_tags("good", "old")
            >>> run.remove_tags("old")
            >>> run.tags
            ('good',)
        """
        self._edit(remove_tags=list(tags))

    def set_description(self, description: str | None) -> None:
        """Replace the description.

        Raises:
            InvalidTypeError: neither text nor None.
            StoreError: the store cannot be written.

        Example:
            >>> import trialog
            >>> run = trialog.get_run(getfixture("run").id)
            >>> run.set_description("with a warm start")
            >>> run.description
            'with a warm start'
        """
        self._edit(description=description)

    def rename(self, name: str) -> str:
        """Give the run another name; the old one goes on leading to it.

        Returns:
            The name that it has now: a taken one gets ``_1``, ``_2``, ….

        Raises:
            InvalidNameError: it cannot be a name.
            SealedError: its experiment is committed.
            StoreError: the store cannot be written.

        Example:
            >>> import trialog
            >>> run = trialog.get_run(getfixture("run").id)
            >>> run.rename("warm-start")
            'warm-start'
            >>> run.name
            'warm-start'
        """
        store = self._catalog.store
        given = rename_recorded(store.path, self.record.place.folder(store), name)
        self._read_again()
        return given

    def delete(self) -> None:
        """Hide the run from lists; nothing is removed, and :meth:`restore` brings it back.

        Raises:
            StoreError: the store cannot be written.

        Example:
            >>> import trialog
            >>> run = trialog.get_run(getfixture("run").id)
            >>> run.delete()
            >>> len(trialog.runs())
            0
        """
        self._edit(deleted=True)

    def restore(self) -> None:
        """Bring a deleted run back.

        Raises:
            StoreError: the store cannot be written.

        Example:
            >>> import trialog
            >>> run = trialog.get_run(getfixture("run").id)
            >>> run.delete()
            >>> run.restore()
            >>> len(trialog.runs())
            1
        """
        self._edit(deleted=False)

    def cancel(self, reason: str | None = None, signal: str | int | None = None) -> Asked:
        """Ask the run to stop. It is CANCELING until it has, and then CANCELED.

        Its ``run.should_stop`` is True within a second. A signal reaches code that never looks at
        that: it is sent to the run's processes on this machine, ranks included. See
        docs/how-to/stop-a-run.md.

        Args:
            reason: why, in words; it stands in the run's reason, after your name.
            signal: what to send besides, as ``"SIGTERM"``; None for nothing.

        Returns:
            Which processes got the signal, and which did not, and why.

        Raises:
            RunFinishedError: the run has ended.
            UsageError: there is no such signal, or the reason is too long.
            InvalidTypeError: a reason that is no text, a signal that is no name.
            StoreError: the store cannot be written.

        Example:
            >>> import trialog
            >>> run = trialog.get_run(getfixture("run").id)
            >>> asked = run.cancel("the loss goes up")
            >>> run.status
            <RunStatus.CANCELING: 'CANCELING'>
        """
        reason, parsed = check_reason(reason), parse_signal(signal)
        self._read_again()
        if self.record.is_ended:
            why = f": {self.record.reason}" if self.record.reason else ""
            raise RunFinishedError(
                f"run {self.record.name!r} has ended already ({self.record.status}{why})"
            )
        store = self._catalog.store
        asked = ask_to_stop(store.path, self.record.place.folder(store), reason, parsed)
        self._read_again()
        return asked

    def _fetch(self) -> Fetch | None:
        return fetch_for(self._catalog, self.record)

    def _edit(self, **changes: Any) -> None:
        store = self._catalog.store
        edit_recorded(store.path, self.record.place.folder(store), changes)
        self._read_again()

    def _card(self) -> Card:
        return run_card(*self._found())

    def _found(self) -> tuple[Catalog, RunRecord]:
        return self._catalog, self._record_now()

    def _read_again(self) -> None:
        self.record = self._record_now()

    def _record_now(self) -> RunRecord:
        project = self.record.place.project
        return resolve(
            self._catalog,
            self.record.id,
            namespace=project.namespace,
            project=project.project,
            is_id=True,
        )
