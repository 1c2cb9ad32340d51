"""The reference page has the help of every command; run this file to write it there again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from trialog._cli.commands import command_line

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "cli.md"
MARK = "run that file after changing a help text. -->\n"


def _commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from _commands(each, (*path, name))


COMMANDS = list(_commands(command_line))


def _help(path: tuple[str, ...]) -> str:
    result = CliRunner().invoke(command_line, [*path, "--help"], terminal_width=100)
    assert result.exit_code == 0
    return result.stdout


def _sections() -> str:
    return "".join(
        f"\n### {' '.join(('trialog', *path))}\n\n```text\n{_help(path)}```\n" for path in COMMANDS
    )


def _find(path: tuple[str, ...]) -> click.Command:
    found: click.Command = command_line
    for name in path:
        assert isinstance(found, click.Group)
        found = found.commands[name]
    return found


def test_the_page_has_every_help_text():
    """Commands and options are documented as they are: the page holds their help."""
    _before, mark, after = PAGE.read_text(encoding="utf-8").partition(MARK)
    assert mark
    assert after == _sections()


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_says_what_it_is_for(path):
    """Every command has a help text with an example, and every option has one too."""
    command = _find(path)
    assert command.help
    assert "trialog" in (command.epilog or "")
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


if __name__ == "__main__":
    head = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
    PAGE.write_text(head + MARK + _sections(), encoding="utf-8")
