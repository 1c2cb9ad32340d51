"""A process and its descendants, measured as one: real processes, and the arithmetic by hand."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import psutil
import pytest

from trialog._witness.processtree import ProcessTree, Use, descendants, growth


def until(condition, seconds=10):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it never came true"
        time.sleep(0.002)


FAMILY = """
import subprocess, sys, threading
children = []
def begin():
    command = [sys.executable, "-S", "-c", "print(flush=True); input()"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    children.append(subprocess.Popen(command, **pipes))
    children[-1].stdout.readline()
begin(); begin()
thread = threading.Thread(target=begin)
thread.start(); thread.join()
print(*(child.pid for child in children), flush=True)
input()
for child in children: child.kill()
"""


@contextmanager
def family():
    """A process with three children, one of them begun by another thread than the main one."""
    command = [sys.executable, "-S", "-c", FAMILY]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as made:
        children = [int(pid) for pid in made.stdout.readline().split()]
        try:
            yield made.pid, children
        finally:
            made.stdin.write("\n")
            made.stdin.flush()


def test_all_that_descend_are_measured_as_one():
    """Processes, threads, memory and files are sums; what is a rate comes with the second time."""
    with family() as (pid, children):
        tree = ProcessTree(pid)
        first, second = tree.measure(), tree.measure()
        assert tree.pids == {pid, *children}
        resident = sum(psutil.Process(each).memory_info().rss for each in (pid, *children))
    assert first["processes"] == 4
    assert first["threads"] >= 4
    assert first["memory_bytes"] == pytest.approx(resident, rel=0.1)
    assert 0 < first["memory_percent"] < 100
    assert first["open_files"] >= 3 * 4
    assert second.keys() - first.keys() == {
        "cpu_percent",
        "disk_read_bytes_per_s",
        "disk_write_bytes_per_s",
    }


def test_the_measuring_process_is_not_measured():
    """The witness is no part of the training, even where it descends from it."""
    with family() as (pid, _):
        assert os.getpid() not in descendants({os.getpid(): 0})
        assert pid not in descendants({os.getpid(): 0})
        assert os.getpid() not in descendants({os.getppid(): 0})


def test_a_child_is_found_whichever_thread_began_it():
    """By asking all threads; where only main threads are asked, those known stay known."""
    with family() as (pid, children):
        assert set(descendants({pid: 0})) == {pid, *children}
        now = [0.0]
        tree = ProcessTree(pid, clock=lambda: now[0], walk_share=1e-12)  # never again in full
        tree.measure()
        now[0] = 1.0
        assert set(tree._pids(1.0)) == {pid, *children}
        tree.measure()
        assert tree.pids == {pid, *children}


BUSY = "import time\nwhile time.process_time() < 0.3: pass"
PARENT = f"""
import subprocess, sys
input()
subprocess.run([sys.executable, "-S", "-c", {BUSY!r}])
print(flush=True)
input()
"""


def test_processor_time_of_the_tree_counts():
    """A child that computed and has ended meanwhile is not lost, and not counted twice."""
    command = [sys.executable, "-S", "-c", PARENT]
    now = [0.0]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as made:
        tree = ProcessTree(made.pid, clock=lambda: now[0])
        tree.measure()
        print(file=made.stdin, flush=True)
        made.stdout.readline()
        now[0] = 1.0
        assert 25 <= tree.measure()["cpu_percent"] < 100
        now[0] = 2.0
        assert tree.measure()["cpu_percent"] < 20
        print(file=made.stdin, flush=True)


def test_a_process_that_is_gone_has_no_metrics():
    """Neither an error nor zeros; the number of a process may be used again."""
    with family() as (pid, _):
        tree = ProcessTree(pid)
        assert tree.measure()
    assert tree.measure() == {}
    assert ProcessTree(2**22 + 1).measure() == {}


def test_one_that_vanishes_between_listing_and_reading_is_left_out():
    """The others are measured; one that nobody has waited for holds nothing any more."""
    with family() as (pid, children):
        tree = ProcessTree(pid)
        tree.measure()
        parents = tree._pids(0.0) | {2**22 + 1: pid}
        os.kill(children[0], signal.SIGKILL)
        until(lambda: psutil.Process(children[0]).status() == psutil.STATUS_ZOMBIE)
        found = {process.pid: use for process, use in tree._read(parents)}
        assert found.keys() == {pid, *children}
        assert (found[children[0]].threads, found[children[0]].memory_bytes) == (0, 0)
        assert tree.measure()["processes"] == 3


def use(*spent, parent=1, began_s=100.0):
    return Use(parent, began_s, spent, 0, 1, 0)


class Named:
    """Processes as keys, by number."""

    def __init__(self, pid):
        self.pid = pid

    def __hash__(self):
        return self.pid

    def __eq__(self, other):
        return self.pid == other.pid


@pytest.mark.parametrize(
    "before,now,grown",
    [
        ({10: use(1.0, 5, 0)}, {10: use(3.0, 9, 2)}, [2.0, 4, 2]),
        # a new child counts in full; one that was there before we looked does not
        (
            {10: use(1.0, 0, 0)},
            {10: use(1.0, 0, 0), 11: use(2.0, 7, 0, parent=10, began_s=600)},
            [2, 7, 0],
        ),
        ({10: use(1.0, 0, 0)}, {10: use(1.0, 0, 0), 11: use(9.0, 7, 0, parent=10)}, [0, 0, 0]),
        # what a child had spent goes over to its parent when that has waited for it
        ({10: use(1.0, 0, 0), 11: use(5.0, 8, 0, parent=10)}, {10: use(7.0, 9, 0)}, [1, 1, 0]),
        # nobody waited for it: nothing is taken from what others have done
        (
            {10: use(1.0, 0, 0), 11: use(5.0, 0, 0, parent=10), 12: use(1.0, 0, 0, parent=10)},
            {10: use(1.0, 0, 0), 12: use(4.0, 0, 0, parent=10)},
            [3, 0, 0],
        ),
        # a child and its child have gone: the nearest ancestor has both
        (
            {10: use(0.0, 0, 0), 11: use(1.0, 0, 0, parent=10), 12: use(2.0, 0, 0, parent=11)},
            {10: use(4.0, 0, 0)},
            [1, 0, 0],
        ),
        # what the system does not show has not grown
        ({10: use(1.0, None, None)}, {10: use(2.0, None, 5)}, [1, 0, 0]),
    ],
)
def test_what_has_been_spent_meanwhile(before, now, grown):
    """Nothing is counted twice, nothing below zero, and short-lived processes are not missed."""
    before = {Named(pid): each for pid, each in before.items()}
    now = {Named(pid): each for pid, each in now.items()}
    assert growth(before, now, since_s=500.0) == grown
