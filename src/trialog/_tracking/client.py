"""The seam to where runs are kept. This version has one client: a folder."""

from __future__ import annotations

from pathlib import Path

from trialog.errors import InvalidTypeError


class LocalClient:
    """Runs are kept in a folder of this machine.

    Args:
        home: the store's folder; None for the default (``TRIALOG_HOME``, else ``~/.trialog``).

    Example:
        >>> client = LocalClient("/tmp/my-store")
        >>> client.home.name
        'my-store'
    """

    def __init__(self, home: str | Path | None = None) -> None:
        self.home = None if home is None else Path(home).expanduser().absolute()

    def __repr__(self) -> str:
        return f"LocalClient({str(self.home)!r})" if self.home else "LocalClient()"


def check_client(client: object, call: str) -> LocalClient:
    """The client a call was given; None means the default.

    Raises:
        InvalidTypeError: it is no client.
    """
    if client is None:
        return LocalClient()
    if isinstance(client, LocalClient):
        return client
    raise InvalidTypeError(
        f"{call}(client=…) takes a trialog.LocalClient or None, not {type(client).__name__}"
    )
