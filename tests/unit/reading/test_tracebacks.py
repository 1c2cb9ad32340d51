"""The line of the user's own code, found in a traceback."""

from __future__ import annotations

import faulthandler
import tempfile
import textwrap
import traceback

import pytest

from trialog._reading.tracebacks import place_in, place_of_fault, without_traceback


def raised(source, name="/home/me/train.py"):
    """What Python prints where a source raises, as if it stood in a file."""
    import linecache

    source = textwrap.dedent(source)
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    with pytest.raises((ValueError, ExceptionGroup)) as caught:
        exec(compile(source, name, "exec"), {})
    return "".join(traceback.format_exception(caught.value))


def test_the_innermost_line_of_the_users_code_is_found():
    """Libraries and Python itself, which it went through, are not it."""
    text = raised(
        """
        import json

        def step(batch):
            return json.loads(batch)

        step("{")
        """
    )
    place = place_in(text)
    assert (place.path, place.line, place.function) == ("/home/me/train.py", 5, "step")
    assert place.text == "return json.loads(batch)"


def test_of_several_exceptions_the_last_counts():
    """It is the one that ended the run."""
    text = raised(
        """
        def first():
            raise KeyError("a")

        try:
            first()
        except KeyError as error:
            raise ValueError("b") from error
        """
    )
    assert place_in(text).text == 'raise ValueError("b") from error'


def test_a_group_has_a_place_too():
    """Its lines begin with bars."""
    text = raised(
        """
        def all_of_it():
            raise ExceptionGroup("several", [ValueError("a")])

        all_of_it()
        """
    )
    assert place_in(text).function == "all_of_it"


@pytest.mark.parametrize(
    "text, place",
    [
        ("", None),
        ("ValueError: no frames\n", None),
        ('  File "<stdin>", line 1, in <module>\nValueError: x\n', ("<stdin>", 1, "<module>", "")),
        (
            '  File "/venv/lib/python3.11/site-packages/x.py", line 2, in f\n    g()\nX: y\n',
            ("/venv/lib/python3.11/site-packages/x.py", 2, "f", "g()"),
        ),
        (
            '  File "a b/ü.py", line 3\n    x = = 1\n        ^\nSyntaxError: y',
            ("a b/ü.py", 3, "", "x = = 1"),
        ),
        ('  File "a.py", line 3, in f\n    ^^^^\nX: y', ("a.py", 3, "f", "")),
        (
            '  File "/me/a.py", line 3, in f\n    g()\n  File "numpy/x.pyx", line 9, in x.g\nX: y',
            ("/me/a.py", 3, "f", "g()"),
        ),
    ],
)
def test_whatever_stands_there_is_read(text, place):
    """Without a source line, without a function, without a frame of the user's own."""
    assert place_in(text) == place


def test_a_fault_has_the_place_of_its_thread():
    """As faulthandler writes it: the innermost frame first, each thread apart."""
    with tempfile.TemporaryFile("w+") as file:
        faulthandler.dump_traceback(file)
        file.seek(0)
        said = f"Fatal Python error: Segmentation fault\n\n{file.read()}"
    place = place_of_fault(said)
    assert place.path.endswith("test_tracebacks.py")
    assert place.function == "test_a_fault_has_the_place_of_its_thread"
    other = (
        'Thread 0x01 (most recent call first):\n  File "other.py", line 1 in wait\n\n'
        "Current thread 0x02 (most recent call first):\n"
        '  File "/usr/lib/python3.11/ctypes/__init__.py", line 5 in string_at\n'
        '  File "train.py", line 7 in step\n  File "train.py", line 9 in <module>\n'
    )
    assert place_of_fault(other)[:3] == ("train.py", 7, "step")
    assert place_of_fault("Fatal Python error: Aborted\n") is None


def test_what_was_printed_before_the_traceback_remains():
    """It is told already; what went before may explain it."""
    lines = ["warning", "Traceback (most recent call last):", '  File "a"', "ValueError: x"]
    assert without_traceback(lines) == ["warning"]
    assert without_traceback([*lines, *lines]) == [*lines, "warning"]
    assert without_traceback(["a", "b"]) == ["a", "b"]
