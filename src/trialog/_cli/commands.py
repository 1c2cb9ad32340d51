"""The command line put together, and what its ends look like from outside."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, Never

import click

from trialog._cli import options
from trialog._cli.dashboard import open_dashboard
from trialog._cli.diagnosis import doctor
from trialog._cli.experiment_commit import commit_experiments
from trialog._cli.experiment_compare import compare_experiments
from trialog._cli.experiment_delete import delete_experiments, restore_experiments
from trialog._cli.experiment_list import list_experiments
from trialog._cli.experiment_names import fork_experiment, rename_experiment, tag_experiment
from trialog._cli.experiment_share import (
    load_experiment,
    pull_experiment,
    push_experiment,
    save_experiment,
)
from trialog._cli.experiment_show import show_experiment
from trialog._cli.experiment_verify import verify_experiments
from trialog._cli.export import export_runs
from trialog._cli.garbage import collect_garbage
from trialog._cli.output import remark, write_text
from trialog._cli.run_cancel import cancel_runs
from trialog._cli.run_compare import compare_runs
from trialog._cli.run_delete import delete_runs, restore_runs
from trialog._cli.run_list import list_runs
from trialog._cli.run_logs import print_logs
from trialog._cli.run_show import show_run
from trialog._cli.run_why import explain_run
from trialog._cli.sql import ask_in_sql
from trialog._cli.upkeep import compact, rebuild
from trialog._cli.words import printable
from trialog._names import nearest
from trialog._version import __version__
from trialog.errors import FilterError, InvalidTypeError, TrialogError, UsageError

_FAILED, _MISUSED, _INTERRUPTED = 1, 2, 130
_LOOK = "look at runs by `trialog run list`, `trialog run show RUN` and `trialog run compare`"
_WORDS = {
    "dashboard": "did you mean `trialog ui`?",
    "server": f"nothing needs a server: {_LOOK}, or `trialog ui`",
    "login": f"nothing needs an account: {_LOOK}",
    "sync": f"there is no server to send runs to yet: {_LOOK}",
    "ls": "did you mean `trialog run list`?",
    "runs": "did you mean `trialog run list`?",
    "experiments": "did you mean `trialog experiment list`?",
}
_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class CommandGroup(click.Group):
    """A group that says which command was probably meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            ctx.fail(f"there is no command {name!r}; {_instead(self, name)}")
        return super().resolve_command(ctx, args)


def _instead(group: click.Group, name: str) -> str:
    """What to call instead of a command that a group does not have."""
    if name == "ls" and "list" in group.commands:
        name = "list"
    if name in _WORDS:
        return _WORDS[name]
    paths: dict[str, str] = {}
    for each in (experiment_group, run_group):
        paths |= {command: f"{each.name} {command}" for command in each.commands}
    paths |= {top: top for top in command_line.commands}
    if group is not command_line:
        paths |= {command: f"{group.name} {command}" for command in group.commands}
    if name in paths:
        return f"did you mean `trialog {paths[name]}`?"
    guess = nearest(name, group.commands) or nearest(name, paths)
    if guess is not None:
        return f"did you mean `trialog {paths[guess]}`?"
    return f"there are: {', '.join(group.commands)}"


class CommandLine(CommandGroup):
    """The group of all commands; it says every error in one line."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: ARG002 # there is one way to end
        **extra: Any,
    ) -> Never:
        """Run a command and end the process: 0 done, 1 failed, 2 misused, 130 interrupted."""
        sys.exit(self._run(args, prog_name or "trialog", complete_var, extra))

    def _run(
        self,
        args: Sequence[str] | None,
        program: str,
        complete_var: str | None,
        extra: dict[str, Any],
    ) -> int:
        try:
            code = super().main(args, program, complete_var, standalone_mode=False, **extra)
        except click.UsageError as error:
            path = error.ctx.command_path if error.ctx else program
            _complain(f"{error.format_message()} (see: {path} --help)")
            return _MISUSED
        except click.ClickException as error:
            _complain(error.format_message())
            return error.exit_code
        except click.Abort:
            remark("interrupted")
            return _INTERRUPTED
        except FilterError as error:
            first, *picture = str(error).split("\n")
            _complain(first)
            for line in picture:
                remark(printable(line))
            return _MISUSED
        except (UsageError, InvalidTypeError) as error:
            _complain(str(error))
            return _MISUSED
        except (TrialogError, OSError) as error:
            _complain(str(error))
            return _FAILED
        return code if isinstance(code, int) else 0


def _complain(message: str) -> None:
    remark(f"error: {printable(' '.join(message.split()))}")


@click.group(
    "trialog",
    cls=CommandLine,
    invoke_without_command=True,
    subcommand_metavar="COMMAND [ARGS]...",
    context_settings=_SETTINGS,
    epilog="\b\nExamples:\n"
    "  trialog run list\n"
    "  trialog run show brave_pasta_123\n"
    "  trialog run compare digits --best acc",
)
@click.version_option(__version__, prog_name="trialog", message="%(prog)s %(version)s")
@options.store_option
@click.pass_context
def command_line(ctx: click.Context) -> None:
    """Look at the runs that trialog has kept, and look after the store.

    Tables on a terminal; JSON where the answer is piped, or with --json.
    """
    _help_alone(ctx)


@command_line.group(
    "run",
    cls=CommandGroup,
    invoke_without_command=True,
    subcommand_metavar="COMMAND [ARGS]...",
    epilog="\b\nExample:\n  trialog run list digits --status failed",
)
@click.pass_context
def run_group(ctx: click.Context) -> None:
    """List, show, explain, compare, cancel, delete and restore runs."""
    _help_alone(ctx)


@command_line.group(
    "experiment",
    cls=CommandGroup,
    invoke_without_command=True,
    subcommand_metavar="COMMAND [ARGS]...",
    epilog="\b\nExample:\n  trialog experiment show sweep-1",
)
@click.pass_context
def experiment_group(ctx: click.Context) -> None:
    """List, show and compare experiments; commit, share, name and delete them.

    An EXPERIMENT is meant by its name, by another name that leads to it, by its id or the beginning
    of that, or by its digest.
    """
    _help_alone(ctx)


def _help_alone(ctx: click.Context) -> None:
    """A group without a command says what it has."""
    if ctx.invoked_subcommand is None:
        write_text(ctx.get_help() + "\n")


for _command in (
    list_runs,
    show_run,
    explain_run,
    print_logs,
    compare_runs,
    cancel_runs,
    delete_runs,
    restore_runs,
):
    run_group.add_command(_command)
for _command in (
    list_experiments,
    show_experiment,
    compare_experiments,
    commit_experiments,
    save_experiment,
    load_experiment,
    push_experiment,
    pull_experiment,
    verify_experiments,
    fork_experiment,
    rename_experiment,
    tag_experiment,
    delete_experiments,
    restore_experiments,
):
    experiment_group.add_command(_command)
for _command in (
    open_dashboard,
    export_runs,
    ask_in_sql,
    rebuild,
    compact,
    doctor,
    collect_garbage,
):
    command_line.add_command(_command)


def main() -> Never:
    """What ``trialog`` and ``python -m trialog`` run."""
    command_line.main()
