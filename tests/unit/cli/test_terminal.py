"""The real program on a real terminal, and through real pipes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time

import pytest

import trialog

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.usefixtures("zoo")
def test_a_terminal_gets_a_coloured_table(terminal):
    """On a terminal: a table of its width, statuses in colour, with a symbol and a word."""
    answer = terminal("run", "list", columns=90)
    assert answer.code == 0
    assert re.search(r"\x1b\[[0-9;]*32m✓ COMPLETED", answer.stdout)
    assert re.search(r"\x1b\[[0-9;]*31m✗ CRASHED", answer.stdout)
    plain = COLOUR.sub("", answer.stdout)
    assert re.search(r"crashed +✗ CRASHED +(now|\d+ s ago) ", plain)
    assert "─" * 80 in plain


@pytest.mark.usefixtures("zoo")
def test_no_color_is_respected(terminal):
    """NO_COLOR takes every colour away; the symbol and the word still tell the status."""
    answer = terminal("run", "list", NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", answer.stdout)
    assert "✗ CRASHED" in COLOUR.sub("", answer.stdout)


@pytest.mark.usefixtures("zoo")
def test_a_dumb_terminal_gets_plain_text(terminal):
    """TERM=dumb gets no escape sequence at all."""
    assert "\x1b" not in terminal("run", "list", TERM="dumb").stdout


@pytest.mark.usefixtures("zoo")
def test_a_terminal_without_unicode_gets_plain_letters(terminal):
    """Where stdout cannot show a symbol there is another, and no error."""
    answer = terminal("run", "list", PYTHONIOENCODING="ascii")
    assert answer.code == 0
    assert "x CRASHED" in COLOUR.sub("", answer.stdout)


@pytest.mark.usefixtures("zoo")
@pytest.mark.parametrize("columns", [80, 120, 200])
def test_every_table_fits_its_terminal(terminal, columns):
    """No line of any table is wider than the terminal, whatever the names are."""
    from rich.cells import cell_len

    for arguments in (
        ["list"],
        ["compare"],
        ["show", "実験_長い名前"],
        ["compare", "good_0", "good_1"],
    ):
        answer = terminal("run", *arguments, columns=columns)
        assert answer.code == 0
        lines = COLOUR.sub("", answer.stdout).splitlines()
        assert max(map(cell_len, lines)) <= columns


@pytest.mark.usefixtures("zoo")
def test_json_on_a_terminal_where_it_is_asked_for(terminal):
    """``--json`` gives JSON on a terminal too."""
    assert terminal("run", "list", "--json").stdout.startswith('[\n{"id":')


@pytest.mark.usefixtures("zoo")
def test_a_pipe_gets_json(piped):
    """Through a pipe: valid JSON, nothing on stderr, also from what shows progress."""
    for arguments in (["run", "list"], ["run", "compare"], ["rebuild"], ["compact"], ["doctor"]):
        answer = piped(*arguments)
        assert (answer.code, answer.stderr) == (0, "")
        assert answer.json


@pytest.mark.usefixtures("zoo")
def test_progress_is_shown_on_a_terminal(terminal):
    """Rebuilding, compacting and examining show a bar, which is gone afterwards."""
    for command, title in (
        ("rebuild", "Reading journals"),
        ("compact", "Compacting runs"),
        ("doctor", "Reading everything"),
    ):
        answer = terminal(command)
        assert answer.code == 0
        assert title in answer.stdout
        assert title not in answer.stdout.splitlines()[-1]


@pytest.mark.usefixtures("zoo")
def test_both_ways_to_start_are_the_same(piped):
    """``trialog`` and ``python -m trialog`` are one program, of one name."""
    program = os.path.join(os.path.dirname(sys.executable), "trialog")  # noqa: PTH118, PTH120
    for arguments in (["--version"], ["run", "list", "--help"]):
        direct = subprocess.run([program, *arguments], capture_output=True, text=True, check=True)
        assert direct.stdout == piped(*arguments).stdout
    assert piped("--version").stdout == f"trialog {trialog.__version__}\n"
    assert piped().stdout.startswith("Usage: trialog [OPTIONS] COMMAND")


def test_a_closed_pipe_is_quiet():
    """``trialog … | head`` ends without a word, however much there was to say."""
    for number in range(300):
        trialog.init("acme", "many", name=f"{'long_' * 100}{number}").finish()
    for form in ("--json", "--table"):
        command = f"{sys.executable} -m trialog run list --limit 300 {form}"
        process = subprocess.Popen(
            command.split(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
        )
        assert process.stdout is not None
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
        process.stderr.close()
        assert process.wait() in (0, 141)  # 0 where all of it had gone into the pipe already


def test_ctrl_c_ends_with_130(store):
    """Ctrl-C in the midst of work: 130, and one word instead of a traceback."""
    source = """
        import os, signal
        from trialog._catalog import Catalog
        def interrupted(self, progress=None):
            os.kill(os.getpid(), signal.SIGINT)
            while True: pass
        Catalog.refresh = interrupted
        from trialog.__main__ import main
        main()
    """
    import textwrap

    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(source), "run", "list"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 130
    assert done.stderr.strip() == "interrupted"
    assert signal.SIGINT == 2


def test_help_loads_nothing_heavy():
    """Help needs click alone; a list of runs needs neither pandas nor pyarrow."""
    trialog.init("acme", "demo", name="one").finish()
    source = """
import sys
from trialog._cli.commands import command_line
try:
    command_line.main(sys.argv[1:])
except SystemExit:
    pass
print(*sorted(set(sys.modules) & {"numpy", "pandas", "pyarrow", "sqlalchemy", "rich", "requests"}),
      file=sys.stderr)
"""

    def loaded(*arguments):
        done = subprocess.run(
            [sys.executable, "-c", source, *arguments], capture_output=True, text=True, check=True
        )
        return set(done.stderr.split())

    assert loaded("--help") == set()
    assert loaded("run", "compare", "--help") == set()
    assert loaded("run", "list", "--table") <= {"numpy", "sqlalchemy", "rich"}
    assert "rich" not in loaded("run", "list", "--json")


def test_help_is_quick():
    """``trialog --help`` takes a fraction of a second, even where other work goes on."""

    def seconds():
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "trialog", "--help"], capture_output=True, check=True)
        return time.perf_counter() - started

    assert min(seconds() for _ in range(5)) < 1.0


RUN_COMMANDS = {"cancel", "compare", "delete", "list", "logs", "restore", "show", "why"}


@pytest.mark.usefixtures("zoo")
@pytest.mark.parametrize(
    "words, expected",
    [
        ("trialog run ", RUN_COMMANDS),
        ("trialog run list --status c", {"completed", "crashed", "canceling", "canceled"}),
        ("trialog run list di", {"digits-sweep"}),
        ("trialog run show good_", {"good_0", "good_1", "good_2"}),
        ("trialog run list --tag w", {"wide"}),
    ],
)
def test_the_shell_completes(words, expected):
    """Commands, statuses, projects, runs and tags are offered to the shell."""
    environ = {
        **os.environ,
        "_TRIALOG_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    done = subprocess.run(
        [sys.executable, "-m", "trialog"], env=environ, capture_output=True, text=True, check=True
    )
    assert {line.partition(",")[2] for line in done.stdout.splitlines()} == expected
    assert done.stderr == ""
