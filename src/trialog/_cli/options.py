"""Options and arguments that several commands take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

from trialog._cli.completion import (
    complete_experiment,
    complete_filter,
    complete_project,
    complete_run,
    complete_tag,
)
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
    """``--status``, ``--tag``, ``--name`` and ``--limit`` of runs."""
    return _filter_options(command, "runs")


def where_option(command: F) -> F:
    """``--where``."""
    return click.option(
        "--where",
        metavar="FILTER",
        shell_complete=complete_filter,
        help="Runs of which this is true, as 'lr < 0.1 and max(acc) > 0.9 and age < \"2d\"'.",
    )(command)


def sort_option(command: F) -> F:
    """``--sort`` in the filter language."""
    return click.option(
        "--sort",
        metavar="KEYS",
        shell_complete=complete_filter,
        help="What to order by, as '-max(acc), lr'; a minus is for the greatest first. "
        "Default: the newest first.",
    )(command)


def experiment_filter_options(command: F) -> F:
    """``--status``, ``--tag``, ``--name`` and ``--limit`` of experiments."""
    return _filter_options(command, "experiments")


def _filter_options(command: F, things: str) -> F:
    for option in reversed(
        (
            status_option(things),
            click.option(
                "--tag",
                "tags",
                multiple=True,
                shell_complete=complete_tag,
                help=f"{things.capitalize()} with this tag. Again: {things} that have all of them.",
            ),
            click.option(
                "--name",
                metavar="TEXT",
                help=f"{things.capitalize()} with this text in their name, in any case.",
            ),
            limit_option,
        )
    ):
        command = option(command)
    return command


def status_option(things: str) -> Callable[[F], F]:
    """``--status``."""
    return click.option(
        "--status",
        "statuses",
        type=StatusType(),
        multiple=True,
        help=f"{things.capitalize()} of this status, in any case; words of other trackers (done, "
        "error, cancelled, draft) too. Several with commas, or the option again.",
    )


def limit_option(command: F) -> F:
    """``--limit``."""
    return click.option(
        "--limit",
        type=click.IntRange(min=0),
        metavar="N",
        help=f"At most so many. Default: {TABLE_LIMIT} in tables, all in JSON.",
    )(command)


def comparison_options(command: F) -> F:
    """``--metric``, ``--sort``, ``--best``, ``--goal`` and ``--all``."""
    for option in reversed(
        (
            click.option(
                "--metric",
                "metrics",
                metavar="NAME",
                multiple=True,
                help="Only this metric, with last, min and max. Several: the option again.",
            ),
            click.option(
                "--sort",
                metavar="COLUMN",
                help="name, status, created, duration, id, a parameter, a metric (its last value), "
                "or 'min(NAME)' and its kin; '-COLUMN' for the greatest first.",
            ),
            click.option(
                "--best",
                metavar="NAME",
                help="Sort by the best value of this metric; mark the best.",
            ),
            click.option(
                "--goal",
                type=click.Choice(["max", "min"], case_sensitive=False),
                help="Which value of --best is the best. Default: max.",
            ),
            click.option(
                "--all",
                "shows_all",
                is_flag=True,
                help="Show parameters too that are all the same.",
            ),
        )
    ):
        command = option(command)
    return command


def check_goal(sort: str | None, best: str | None, goal: str | None) -> None:
    """Refuse ``--sort``, ``--best`` and ``--goal`` that cannot stand together.

    Raises:
        UsageError: they cannot.
    """
    if goal is not None and best is None:
        raise UsageError("--goal says which value of --best is the best: give --best NAME too")
    if best is not None and sort is not None:
        raise UsageError("--best sorts too: give either --best or --sort")


def project_argument(command: F) -> F:
    """``[PROJECT]``."""
    return click.argument("project", required=False, shell_complete=complete_project)(command)


def runs_argument(command: F) -> F:
    """``RUN…``, at least one."""
    return click.argument(
        "runs", metavar="RUN...", nargs=-1, required=True, shell_complete=complete_run
    )(command)


def experiment_argument(command: F) -> F:
    """``EXPERIMENT``."""
    return click.argument("experiment", shell_complete=complete_experiment)(command)


def experiments_argument(command: F) -> F:
    """``EXPERIMENT…``, at least one."""
    return click.argument(
        "experiments",
        metavar="EXPERIMENT...",
        nargs=-1,
        required=True,
        shell_complete=complete_experiment,
    )(command)


def project_option(command: F) -> F:
    """``--project``."""
    return click.option(
        "--project",
        metavar="PROJECT",
        shell_complete=complete_project,
        help="Where to look for names: PROJECT or NAMESPACE/PROJECT.",
    )(command)
