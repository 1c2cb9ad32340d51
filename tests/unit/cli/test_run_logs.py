"""``trialog run logs``: what a run printed, as text."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import termios
from dataclasses import replace

import orjson
import pytest

import trialog
from trialog._cli.moments import rfc3339
from trialog._format.facts import Console
from trialog._format.folders import ProjectFolder
from trialog._format.records import Kind
from trialog._tracking import writers

BASE_NS = 1_700_000_000_000_000_000
SECOND_NS = 1_000_000_000


class Beside:
    """A witness of a run: keeps what a test says was printed."""

    def __init__(self, run, rank=None, world_size=None):
        start = replace(run._start, role="witness", writer="", rank=rank, world_size=world_size)
        self._project = ProjectFolder(run._home.parents[2])
        self._journal = writers.open_journal(self._project, start)

    def say(self, stream, *lines, **more):
        timed = [[BASE_NS + int(second * SECOND_NS), text] for second, text in lines]
        payload = Console(stream=stream, lines=timed, **more).encode()
        self._journal.append_fact(Kind.CONSOLE, payload)
        return self

    def leave(self):
        self._journal.close(Kind.LEAVE)
        writers.leave(self._project, self._journal.start)


@pytest.fixture
def printed():
    """A run that printed to both streams, a second a line."""
    with trialog.init("acme", "demo", name="talker") as run:
        beside = Beside(run)
        beside.say("stdout", (1, "one"), (3, "\x1b[31mthree\x1b[0m\ttab"))
        beside.say("stderr", (2, "two"), (4, "four"))
        beside.say("stdout", (5, "50%"), is_open=True)
        beside.leave()
    return run


@pytest.mark.usefixtures("printed")
def test_lines_are_plain_text(call):
    """Both streams by time, no table, no colours in a pipe; an unfinished line as it was."""
    answer = call("run", "logs", "talker")
    assert (answer.code, answer.stdout) == (0, "one\ntwo\nthree\ttab\nfour\n50%\n")
    assert answer.stderr == ""


@pytest.mark.usefixtures("printed")
@pytest.mark.parametrize(
    "options, lines",
    [
        (["--tail", "2"], ["four", "50%"]),
        (["--tail", "0"], []),
        (["--tail", "99"], ["one", "two", "three\ttab", "four", "50%"]),
        (["--stream", "stderr"], ["two", "four"]),
        (["--stream", "stderr", "--tail", "1"], ["four"]),
        (["--since", rfc3339(BASE_NS + 2 * SECOND_NS)], ["three\ttab", "four", "50%"]),
        (["-s", rfc3339(BASE_NS + 2 * SECOND_NS), "--tail", "1"], ["50%"]),
        (["--since", "5s"], []),
        (["--follow", "--tail", "1"], ["four", "50%"]),
        (["--rank", "0"], []),
    ],
)
def test_options_choose_lines(call, options, lines):
    """The last ones of all, only what is later than an instant, one stream."""
    answer = call("run", "logs", "talker", *options)
    assert (answer.code, answer.lines, answer.stderr) == (0, lines, "")


@pytest.mark.usefixtures("printed")
def test_a_time_copied_from_a_line_gives_what_follows(call):
    """--timestamps are RFC 3339, and --since leaves the instant itself out."""
    stamps = [line.split(" ")[0] for line in call("run", "logs", "talker", "--timestamps").lines]
    assert stamps[0] == "2023-11-14T22:13:21.000000000Z"
    assert stamps == sorted(stamps)
    for index, stamp in enumerate(stamps):
        assert len(call("run", "logs", "talker", "--since", stamp).lines) == 4 - index


@pytest.mark.usefixtures("printed")
def test_json_is_an_object_a_line(call):
    """Time, stream, rank and text, without colours."""
    found = [orjson.loads(line) for line in call("run", "logs", "talker", "--json").lines]
    assert found[2] == {
        "time": "2023-11-14T22:13:23.000000000Z",
        "time_ns": BASE_NS + 3 * SECOND_NS,
        "stream": "stdout",
        "rank": None,
        "text": "three\ttab",
    }
    assert [each["stream"] for each in found] == ["stdout", "stderr", "stdout", "stderr", "stdout"]


@pytest.mark.usefixtures("printed")
def test_colours_are_for_terminals(call, terminal):
    """Or for whoever asks for them."""
    red = "\x1b[31mthree\x1b[0m\ttab"
    assert red in terminal("run", "logs", "talker").stdout
    assert "\x1b" not in terminal("run", "logs", "talker", NO_COLOR="1").stdout
    assert "\x1b" not in terminal("run", "logs", "talker", "--no-colour").stdout
    assert red in call("run", "logs", "talker", "--colour").stdout


def test_nothing_steers_the_terminal(call):
    """Whatever another program wrote there, colours alone are passed on."""
    with trialog.init("acme", "demo", name="evil") as run:
        Beside(run).say("stdout", (1, "\x1b[2J\x1b]0;x\x07a\x1b[31mb\u202ec\nd")).leave()
    (line,) = call("run", "logs", "evil", "--colour").lines
    assert line == r"\x1b[2J\x1b]0;x\x07a" + "\x1b[31mb" + r"\u202ec↵d"


def test_ranks_are_named(call):
    """Where a run has several, each line begins with its own; one can be asked for."""
    with trialog.init("acme", "demo", name="ranks") as run:
        Beside(run, rank=0).say("stdout", (1, "a"), (3, "c")).leave()
        Beside(run, rank=1).say("stdout", (2, "b")).leave()
        others = [
            writers.open_journal(
                ProjectFolder(run._home.parents[2]),
                replace(run._start, role="attach", writer="", rank=rank, world_size=2),
            )
            for rank in (0, 1)
        ]
        for other in others:
            other.close(Kind.LEAVE)
            writers.leave(ProjectFolder(run._home.parents[2]), other.start)
    assert call("run", "logs", "ranks").lines == ["[rank 0] a", "[rank 1] b", "[rank 0] c"]
    assert call("run", "logs", "ranks", "--rank", "1").lines == ["b"]


def test_what_was_dropped_is_said(call):
    """On stderr: the text is what was kept."""
    with trialog.init("acme", "demo", name="loud") as run:
        Beside(run).say("stdout", (1, "a")).say("stdout", (2, "z"), dropped_bytes=5 << 20).leave()
    answer = call("run", "logs", "loud")
    assert answer.lines == ["a", "z"]
    assert answer.stderr.startswith("5 MiB in the middle were not kept")


def test_a_run_without_a_console_says_why(call):
    """Capture was off, or it printed nothing; neither is an error."""
    trialog.init("acme", "demo", name="silent").finish()
    with trialog.init("acme", "demo", name="quiet") as run:
        Beside(run).leave()
    for name, words in (("silent", "capture was off"), ("quiet", "has printed nothing")):
        answer = call("run", "logs", name)
        assert (answer.code, answer.stdout) == (0, "")
        assert words in answer.stderr
        assert len(answer.stderr.splitlines()) == 1


@pytest.mark.usefixtures("printed")
@pytest.mark.parametrize(
    "arguments, code, words",
    [
        (["talkr"], 1, "did you mean 'talker'"),
        (["demo"], 1, "is a project"),
        (["talker", "--since", "soon"], 2, "failed to parse time 'soon'"),
        (["talker", "--tail", "-1"], 2, "--tail"),
        (["talker", "--stream", "tty"], 2, "stdout"),
    ],
)
def test_misuse_is_told(call, arguments, code, words):
    """In one line on stderr."""
    answer = call("run", "logs", *arguments)
    assert (answer.code, answer.stdout) == (code, "")
    assert words in answer.stderr


def follower(*options, **more):
    command = [sys.executable, "-m", "trialog", "run", "logs", "live", "--follow", *options]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more
    )


@pytest.mark.slow
def test_following_ends_with_the_run():
    """Each line as it comes, those of ranks that join later too; then all that is left."""
    with trialog.init("acme", "demo", name="live") as run:
        first = Beside(run).say("stdout", (1, "one"))
        with follower() as following:
            assert following.stdout.readline() == "one\n"
            first.say("stdout", (2, "50%"), is_open=True)
            second = Beside(run, rank=1).say("stderr", (3, "two"))
            assert following.stdout.readline().endswith("two\n")
            first.say("stdout", (4, "100%"))
            assert following.stdout.readline() == "100%\n"
            second.say("stderr", (5, "late"), is_open=True)
            run.finish()
            first.leave()
            second.leave()
            assert [line[-5:] for line in following.stdout] == ["late\n"]
            assert following.wait(timeout=30) == 0
            assert following.stderr.read() == ""


@pytest.mark.slow
def test_following_survives_that_the_catalog_is_deleted(store):
    """It is a cache: no line comes twice, and none is left out."""
    with trialog.init("acme", "demo", name="live") as run:
        beside = Beside(run).say("stdout", (1, "one"))
        with follower() as following:
            assert following.stdout.readline() == "one\n"
            for path in store.glob("catalog.db*"):
                path.unlink()
            beside.say("stdout", (2, "two"))
            assert following.stdout.readline() == "two\n"
            run.finish()
            beside.leave()
            assert following.stdout.read() == ""


def test_ctrl_c_ends_following_quietly():
    """With 130, and no word."""
    with trialog.init("acme", "demo", name="live") as run:
        beside = Beside(run).say("stdout", (1, "one"))
        with follower() as following:
            assert following.stdout.readline() == "one\n"
            following.send_signal(signal.SIGINT)
            assert following.wait(timeout=30) == 130
            assert following.stderr.read() == ""
        beside.leave()


@pytest.mark.slow
def test_a_terminal_sees_a_bar_move():
    """The unfinished line stands there in place, as much as fits, and gives way to the next."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (50, 80))
    environ = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    with trialog.init("acme", "demo", name="live") as run:
        beside = Beside(run).say("stdout", (1, "x" * 200), is_open=True)
        command = [sys.executable, "-m", "trialog", "run", "logs", "live", "--follow"]
        following = subprocess.Popen(
            command, stdout=theirs, stderr=theirs, env={**environ, "TERM": "xterm"}
        )
        os.close(theirs)
        shown = b""
        while "…" not in shown.decode("utf-8", "ignore"):
            shown += os.read(ours, 4096)
        assert shown.decode() == "x" * 78 + "…"
        beside.say("stdout", (2, "done"))
        while b"done" not in shown:
            shown += os.read(ours, 4096)
        assert "\r\x1b[Kdone\r\n" in shown.decode()
        run.finish()
        beside.leave()
        assert following.wait(timeout=30) == 0
    os.close(ours)
