"""Options and arguments that several commands take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

from trialog._cli.completion import complete_project, complete_run, complete_tag
from trialog._cli.session import Session
from trialog._entities import RunStatus
from trialog.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])
TABLE_LIMIT = 50


if TYPE_CHECKING:
    _StatusType = click.ParamType[tuple[RunStatus, ...]]
else:
    _StatusType = click.ParamType  # generic in newer versions only


class StatusType(_StatusType):
    """One status in any case, a word of other trackers, or several with commas between."""

    name = "status"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[RunStatus, ...]:
        """The statuses that are meant."""
        if isinstance(value, tuple):
            return value
        try:
            words = [word for word in str(value).split(",") if word.strip()]
            found = [status for word in words for status in RunStatus.parse_query(word)]
        except UsageError as error:
            self.fail(str(error), param, ctx)
        if not found:
            self.fail("name at least one status", param, ctx)
        return tuple(found)

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 # click's signature
        param: click.Parameter,  # noqa: ARG002 # as above
        incomplete: str,
    ) -> list[CompletionItem]:
        """Our own words, in small letters."""
        words = [status.value.lower() for status in RunStatus]
        return [CompletionItem(word) for word in words if word.startswith(incomplete.lower())]


def session_options(command: F) -> F:
    """``--store``, ``--json`` and ``--table``; the command gets a Session first."""
    command = click.option(
        "--json/--table",
        "as_json",
        default=None,
        expose_value=False,
        callback=_take_format,
        help="Answer in JSON, or for people. Default: JSON where stdout is no terminal.",
    )(command)
    command = store_option(command)
    passed: Any = click.pass_obj(command)
    return passed  # type: ignore[no-any-return]


def store_option(command: F) -> F:
    """``--store PATH``, taken by ``trialog`` and by each command."""
    return click.option(
        "--store",
        type=click.Path(path_type=Path),
        metavar="PATH",
        expose_value=False,
        callback=_take_store,
        help="The store's folder. Default: TRIALOG_HOME, else ~/.trialog.",
    )(command)


def _take_store(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
    session = ctx.ensure_object(Session)
    if value is not None:
        session.store = value


def _take_format(ctx: click.Context, _: click.Parameter, value: bool | None) -> None:
    session = ctx.ensure_object(Session)
    if value is not None:
        session.wants_json = value


def filter_options(command: F) -> F:
    """``--status``, ``--tag``, ``--name`` and ``--limit``."""
    for option in reversed(
        (
            click.option(
                "--status",
                "statuses",
                type=StatusType(),
                multiple=True,
                help="Runs of this status, in any case; words of other trackers (done, error, "
                "cancelled, draft) too. Several with commas, or the option again.",
            ),
            click.option(
                "--tag",
                "tags",
                multiple=True,
                shell_complete=complete_tag,
                help="Runs with this tag. Again: runs that have all of them.",
            ),
            click.option(
                "--name", metavar="TEXT", help="Runs with this text in their name, in any case."
            ),
            click.option(
                "--limit",
                type=click.IntRange(min=0),
                metavar="N",
                help=f"At most so many. Default: {TABLE_LIMIT} in tables, all in JSON.",
            ),
        )
    ):
        command = option(command)
    return command


def project_argument(command: F) -> F:
    """``[PROJECT]``."""
    return click.argument("project", required=False, shell_complete=complete_project)(command)


def runs_argument(command: F) -> F:
    """``RUN…``, at least one."""
    return click.argument(
        "runs", metavar="RUN...", nargs=-1, required=True, shell_complete=complete_run
    )(command)


def project_option(command: F) -> F:
    """``--project``."""
    return click.option(
        "--project",
        metavar="PROJECT",
        shell_complete=complete_project,
        help="Where to look for names: PROJECT or NAMESPACE/PROJECT.",
    )(command)
