"""What the pages show is true: code runs, commands exist, the site builds without a warning."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import types
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from trialog._cli import commands
from trialog._cli.commands import CommandLine

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(
    r"(?:<!-- no-run: (?P<reason>[^\n]*?) -->\n|<!-- file: (?P<file>[\w.]+) -->\n)?"
    r"^```(?P<language>\w+)\n(?P<code>.*?)^```",
    re.MULTILINE | re.DOTALL,
)


class Block(NamedTuple):
    """A block of a page that is to be run."""

    line: int
    code: str
    file: str | None  # what a program is called that runs by itself


def blocks(page: Path, *languages: str) -> list[Block]:
    """The blocks of a page that are to be run."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(text.count("\n", 0, found.start("code")), found["code"], found["file"])
        for found in BLOCK.finditer(text)
        if found["language"] in languages and not found["reason"]
    ]


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def pages_with(*languages: str):
    """The pages with such blocks; those with programs of their own take a while."""
    pages = []
    for page in PAGES:
        if found := blocks(page, *languages):
            marks = pytest.mark.slow if any(block.file for block in found) else ()
            pages.append(pytest.param(page, id=name_of(page), marks=marks))
    return pytest.mark.parametrize("page", pages)


@pages_with("python")
def test_the_python_of_a_page_runs(page, tmp_path, monkeypatch):
    """From top to bottom, in one namespace, in an empty folder with an empty store.

    What ``<!-- file: train.py -->`` stands before is a program of its own, run where it stands.
    """
    monkeypatch.chdir(tmp_path)
    module = types.ModuleType("page")
    monkeypatch.setitem(sys.modules, "page", module)  # dataclasses look for their module
    namespace = vars(module)
    for line, code, file in blocks(page, "python"):
        if file is not None:
            Path(file).write_text(code, encoding="utf-8")
            subprocess.run([sys.executable, file], check=True, timeout=60)
            continue
        padded = "\n" * line + code  # a traceback names the line of the page
        exec(compile(padded, str(page), "exec"), namespace)


@pages_with("sh", "console")
def test_the_commands_of_a_page_exist(page):
    """Every `trialog …` line is understood by the command line, options and all."""
    lines = [
        line.removeprefix("$ ")
        for block in blocks(page, "sh", "console")
        for line in block.code.splitlines()
    ]
    for line in lines:
        if line.startswith(("trialog ", "python -m trialog ")):
            words = shlex.split(line.split(" | ")[0], comments=True)
            check_command(words[words.index("trialog") + 1 :])
        elif line.startswith("sh scripts/"):
            assert (ROOT / shlex.split(line)[1]).exists(), line


def check_command(arguments: list[str]) -> None:
    """Parse a command line as the program would, without doing it."""
    (group,) = [each for each in vars(commands).values() if type(each) is CommandLine]
    command: click.Command = group
    context = None
    while isinstance(command, click.Group):
        context = command.make_context(command.name, list(arguments), parent=context)
        name, command, arguments = command.resolve_command(
            context, [*context._protected_args, *context.args]
        )
    command.make_context(name, list(arguments), parent=context)


def test_no_block_is_left_out_without_a_reason():
    """`<!-- no-run: reason -->` has one, and stands directly before its block."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        excused = [found["reason"] for found in BLOCK.finditer(text) if found["reason"] is not None]
        assert all(excused), page
        assert text.count("<!-- no-run") == len(excused), page


def test_the_site_builds_without_a_warning(tmp_path):
    """mkdocs, strictly: every link, anchor and page of the navigation is there."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    pages = list(tmp_path.rglob("index.html"))
    assert len(pages) >= len(PAGES) - 1
    for page in pages:
        loaded = re.findall(
            r'<(?:link|script|img)[^>]+(?:href|src)="(https?://[^"]+)"', page.read_text()
        )
        assert not [each for each in loaded if "canonical" not in each], page
