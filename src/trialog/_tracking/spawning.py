"""Starting the witness: a process that is nobody's child, and what it is told of this one."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Any

import orjson

from trialog._format.values import writable_text

_BOOT = (
    "import sys; sys.path += sys.argv[2].splitlines(); "
    "from trialog._witness.main import main; main(sys.argv[1], sys.argv[3])"
)
_FIRST_FD = 3


def describe_process() -> dict[str, Any]:
    """What the witness cannot ask the system about this process."""
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    try:
        folder = str(Path.cwd())
    except OSError:  # deleted meanwhile
        folder = ""
    return {
        "pid": os.getpid(),
        "folder": folder,
        "argv": [writable_text(each) for each in sys.orig_argv],
        "main": writable_text(str(Path(main).absolute())) if main else None,
        "sys_path": [writable_text(each) for each in sys.path],
    }


def spawn(layout: dict[str, list[int]], key: str) -> None:
    """Start the witness as nobody's child.

    Args:
        layout: the files that it gets, by what they are.
        key: of the marks among what is printed.

    Raises:
        OSError: it cannot be started.
        RuntimeError: nothing here says where Python is.
    """
    python = sys.executable
    if not python or not Path(python).name.lower().startswith(("python", "pypy")):
        raise RuntimeError(f"sys.executable is {python!r}, which is no Python")
    numbers: dict[str, list[int]] = {}
    actions: list[tuple[Any, ...]] = [
        (os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in range(_FIRST_FD)
    ]
    number = _FIRST_FD
    for name, fds in layout.items():
        numbers[name] = []
        for fd in fds:
            actions.append((os.POSIX_SPAWN_DUP2, fd, number))
            numbers[name].append(number)
            number += 1
    places = orjson.dumps(numbers).decode()
    program = [python, "-I", "-S", "-c", _BOOT, places, _where_modules_are(), key]
    shell = "/bin/sh"
    if Path(shell).exists():
        program = [shell, "-c", '"$@" &', "sh", *program]
    pid = os.posix_spawn(program[0], program, os.environ, file_actions=actions, setsigmask=[])
    if program[0] == shell:
        with contextlib.suppress(ChildProcessError):  # somebody else waits for all children
            os.waitpid(pid, 0)


def _where_modules_are() -> str:
    """Where our package and those it needs are; what else a script sees may shadow Python's own."""
    packages = ("site-packages", "dist-packages")
    found = [
        Path(__file__).absolute().parents[2],
        Path(orjson.__file__).absolute().parents[1],
        *(each for each in map(Path, sys.path) if each.name in packages),
    ]
    return "\n".join(dict.fromkeys(map(str, found)))
