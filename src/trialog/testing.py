"""For tests of code that logs: a store of its own for each, gone when the test is.

::

    @pytest.fixture
    def store():
        with trialog.testing.store() as store:
            yield store

    def test_the_loss_falls(store):
        train(epochs=5)
        assert store.run().metric("loss")["value"].is_monotonic_decreasing
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialog._tracking.active import session
from trialog._tracking.client import LocalClient
from trialog.errors import NotFoundError

if TYPE_CHECKING:
    from trialog._public.stored import StoredRun
    from trialog._reading import Runs

__all__ = ["TestStore", "store"]

_VARIABLES = tuple(
    f"TRIALOG_{name}"
    for name in (
        *("HOME", "MODE", "NAMESPACE", "PROJECT", "AT_EXIT", "RUN", "CAPTURE"),
        *("HOOKS", "STALLED_AFTER"),
    )
)


class TestStore:
    """A store that belongs to a test. Made by :func:`store`.

    Attributes:
        path: its folder.
        client: for calls that take one: ``trialog.runs(client=store.client)``.
    """

    __test__ = False  # pytest: no test, whatever it is called

    def __init__(self, path: Path) -> None:
        self.path = path
        self.client = LocalClient(path)

    def runs(self, project: str | None = None, **filters: Any) -> Runs[StoredRun]:
        """The runs of the store, newest first: :func:`trialog.runs` of this store.

        Raises:
            UsageError: a filter that means nothing.
        """
        from trialog._public import queries  # noqa: PLC0415 # loads the readers

        return queries.runs(project, **filters, client=self.client)

    def run(self, id_or_name: str | None = None) -> StoredRun:
        """One run: by its id or name, or the only one there is.

        Raises:
            NotFoundError: there is none of that name; or none at all or several, and no name.
        """
        from trialog._public import queries  # noqa: PLC0415 # loads the readers

        if id_or_name is not None:
            return queries.get_run(id_or_name, client=self.client)
        runs = self.runs()
        if len(runs) != 1:
            names = ", ".join(repr(run.name) for run in runs) or "none"
            raise NotFoundError(f"the store holds {len(runs)} runs ({names}), not just one")
        return runs[0]

    def __repr__(self) -> str:
        return f"TestStore({str(self.path)!r})"


@contextlib.contextmanager
def store(path: str | os.PathLike[str] | None = None) -> Iterator[TestStore]:
    """A store that all runs of the block go to, whatever the environment says outside of it.

    ``TRIALOG_HOME`` is set for the block, and ``TRIALOG_MODE`` and its kin are unset, in this
    process and in those it starts; nothing is captured about the process, unless the test sets
    ``TRIALOG_CAPTURE`` itself; afterwards everything is as it was. Runs that the block leaves
    open are finished as FAILED "left unfinished": one test never logs to the run of another.

    Args:
        path: where; kept afterwards. A temporary folder, removed afterwards, where not given.

    Example:
        >>> import trialog.testing
        >>> with trialog.testing.store() as store:
        ...     with trialog.init("acme", "demo") as run:
        ...         run.log("loss", 0.5)
        ...     store.run().metric("loss")["value"].tolist()
        [0.5]
    """
    with contextlib.ExitStack() as after:
        if path is None:
            path = after.enter_context(tempfile.TemporaryDirectory(prefix="trialog-"))
        found = TestStore(Path(path).expanduser().absolute())
        before = {name: os.environ.pop(name) for name in _VARIABLES if name in os.environ}
        os.environ["TRIALOG_HOME"] = str(found.path)
        os.environ["TRIALOG_CAPTURE"] = "none"
        open_before = {run.id for run in session.open_runs()}
        try:
            yield found
        finally:
            for name in _VARIABLES:
                os.environ.pop(name, None)
            os.environ.update(before)
            for run in session.open_runs():
                if run.id not in open_before:
                    run.finish("FAILED", reason="left unfinished")
            _let_go()


def _let_go() -> None:
    """Close what readers have opened, where there were any: a suite has many stores."""
    catalogs = sys.modules.get("trialog._reading.catalogs")
    if catalogs is not None:
        catalogs.close_catalogs()
