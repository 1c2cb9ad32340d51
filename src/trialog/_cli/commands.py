"""The command line put together, and what its ends look like from outside."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, Never

import click

from trialog._cli import options
from trialog._cli.output import remark
from trialog._cli.run_compare import compare_runs
from trialog._cli.run_delete import delete_runs, restore_runs
from trialog._cli.run_list import list_runs
from trialog._cli.run_show import show_run
from trialog._cli.upkeep import compact, doctor, rebuild
from trialog._cli.words import printable
from trialog._version import __version__
from trialog.errors import InvalidTypeError, TrialogError, UsageError

_FAILED, _MISUSED, _INTERRUPTED = 1, 2, 130
_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class CommandLine(click.Group):
    """The group of all commands; it says every error in one line."""

    def main(  # type: ignore[override] # it always ends the process
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
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            return _MISUSED
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
        except (UsageError, InvalidTypeError) as error:
            _complain(str(error))
            return _MISUSED
        except (TrialogError, OSError) as error:
            _complain(str(error))
            return _FAILED
        return code if isinstance(code, int) else 0


def _complain(message: str) -> None:
    remark(f"error: {printable(' '.join(message.split()))}")


@click.group("trialog", cls=CommandLine, context_settings=_SETTINGS)
@click.version_option(__version__, prog_name="trialog", message="%(prog)s %(version)s")
@options.store_option
def command_line() -> None:
    """Look at the runs that trialog has kept, and look after the store.

    Tables on a terminal; JSON where the answer is piped, or with --json.

    \b
    Examples:
      trialog run list
      trialog run show brave_pasta_123
      trialog run compare digits --best acc
    """


@command_line.group("run")
def run_group() -> None:
    """List, show, compare, delete and restore runs.

    \b
    Example:
      trialog run list digits --status failed
    """


for _command in (list_runs, show_run, compare_runs, delete_runs, restore_runs):
    run_group.add_command(_command)
for _command in (rebuild, compact, doctor):
    command_line.add_command(_command)


def main() -> Never:
    """What ``trialog`` and ``python -m trialog`` run."""
    command_line.main()
