"""The table of harms: what is done, to whom, and what trialog must say of it afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from chaos import disks, endings, families, kills, machines, sizes, surroundings
from chaos.case import Amount, Case
from chaos.judging import Outcome, compare_durations, judge
from chaos.surroundings import CannotError

KILLED = frozenset({"FAILED killed"})
COMPLETED = frozenset({"COMPLETED"})
Disk = Callable[[Path], AbstractContextManager[Path]]


@dataclass(frozen=True)
class Harm:
    """A row of the table.

    Attributes:
        name: for commands and tests.
        title: for people.
        inflict: does it to the scripts of a case.
        ends: what trialog may say of the runs afterwards.
        disk: where the store lies.
        is_compared: whether exit codes are compared with those of the same scripts without tracker.
        is_timed: whether durations are, too.
        is_for_all: whether the peers are asked, or trialog alone.
        messages: how few and how many lines trialog may say on stderr.
        is_told: whether it is enough to say on stderr how many points are missing: the store cannot
            be written.
        may_miss: whether points may be missing, if the run says how many and since when.
        is_damaging: whether a run may say that its journal is damaged.
        capture: what a run keeps about itself in the quick form; the full form keeps all.
        is_slow: whether the tests leave it out, since they do others of its kind.
    """

    name: str
    title: str
    inflict: Callable[[Case], None]
    ends: frozenset[str] = COMPLETED
    disk: Disk = surroundings.folder
    is_compared: bool = False
    is_timed: bool = False
    is_for_all: bool = True
    messages: tuple[int, int] = (0, 0)
    may_miss: bool = False
    is_told: bool = False
    is_damaging: bool = False
    capture: str = "none"
    is_slow: bool = False

    def do_to(self, tracker: str, amount: Amount) -> Outcome:
        """Do the harm to one tracker, and look at what is left."""
        if tracker != "trialog" and not self.is_for_all:
            return Outcome(cannot="trialog alone is asked")
        try:
            return self._do_to(tracker, amount)
        except CannotError as error:
            return Outcome(cannot=str(error))

    def _do_to(self, tracker: str, amount: Amount) -> Outcome:
        rounds = amount.rounds if self.is_timed else 1
        cases, bares, outcome = [], [], None
        with ThreadPoolExecutor(max_workers=2 if amount.is_quick else 1) as workers:
            for _ in range(rounds):
                scripts = [workers.submit(self._one, "bare", amount)] if self.is_compared else []
                scripts.append(workers.submit(self._one, tracker, amount))
                *bare, (case, found) = [script.result() for script in scripts]
                cases.append(case)
                bares += [each for each, _ in bare]
                found = judge(self, case, found, bares[-1] if bares else None)
                outcome = found if outcome is None or found.faults else outcome
        if self.is_timed:
            compare_durations(outcome, case, bares, cases)
        return outcome

    def _one(self, tracker: str, amount: Amount) -> tuple[Case, dict]:
        """Do the harm once; return the case, and what is read while its disk is still there."""
        scratch = Path(tempfile.mkdtemp(prefix="chaos-"))
        place = self.disk
        if place is disks.SMALL and tracker not in ("trialog", "bare"):
            place = disks.LARGER
        with place(scratch) as store:
            case = Case(tracker, store, scratch, amount)
            if amount.is_quick:
                case.environment["TRIALOG_CAPTURE"] = self.capture
            try:
                self.inflict(case)
                wanted = len(case.acknowledged())
                return case, {} if tracker == "bare" else case.read_settled(wanted)
            finally:
                case.end_leftovers()


HARMS = (
    Harm("nothing", "nothing", kills.train_well, is_compared=True, is_timed=True, is_slow=True),
    Harm("kill", "SIGKILL while metrics are logged", kills.kill_while("endless", 0.4), KILLED),
    Harm(
        "kill-files",
        "SIGKILL while files are logged",
        kills.kill_while("filing", 0.4),
        KILLED,
        is_for_all=False,
    ),
    Harm(
        "kill-finish",
        "SIGKILL during `finish()`",
        kills.kill_while("finishing", 0.02),
        KILLED | COMPLETED,
    ),
    Harm(
        "kill-sealing",
        "SIGKILL of a reader that compacts",
        partial(kills.kill_readers, task="compact", within_s=0.25),
        is_for_all=False,
    ),
    Harm(
        "kill-catalog",
        "SIGKILL of a reader that writes the catalog",
        partial(kills.kill_readers, task="refresh", within_s=0.12),
        is_for_all=False,
    ),
    Harm(
        "memory",
        "out of memory (a control group's limit)",
        endings.exhaust_memory,
        frozenset({"FAILED out of memory"}),
        is_compared=True,
        capture="system",
    ),
    *(
        Harm(
            death,
            title,
            partial(endings.die, death=death),
            frozenset({f"FAILED {reason}"}),
            is_compared=True,
            capture="system",
        )
        for death, title, reason in (
            ("segfault", "segmentation fault", "segmentation fault"),
            ("exit", "`os._exit(3)`", "exit code 3"),
            ("abort", "`os.abort()`", "aborted"),
        )
    ),
    *(
        Harm(
            f"signal-{times}",
            f"SIGTERM, SIGHUP, SIGINT, {('once', 'twice')[times - 1]}",
            partial(endings.signal_scripts, times=times),
            frozenset({f"INTERRUPTED {name}" for name in ("SIGTERM", "SIGHUP", "SIGINT")}),
            is_compared=True,
            is_slow=times == 1,
        )
        for times in (1, 2)
    ),
    Harm(
        "full",
        "full disk (3 MB)",
        disks.fill_disk,
        disk=disks.SMALL,
        is_compared=True,
        is_timed=True,
        messages=(1, 2),
        may_miss=True,
    ),
    Harm(
        "full-freed",
        "full disk, then freed again",
        partial(disks.fill_disk, freed=True),
        disk=disks.SMALL,
        is_compared=True,
        messages=(1, 1),
    ),
    Harm(
        "read-only",
        "the disk fails: read-only from then on",
        disks.fail_disk,
        KILLED | COMPLETED,
        disk=surroundings.failing_disk,
        is_compared=True,
        messages=(0, 2),
        may_miss=True,
        is_told=True,
    ),
    Harm("fork", "`os.fork`, 4 children", families.run("forking"), is_compared=True),
    *(
        Harm(
            f"multiprocessing-{method}",
            f"`multiprocessing`, {method}, 4 children",
            families.run("processing", method=method),
            is_compared=True,
            is_slow=method == "fork",
        )
        for method in ("fork", "forkserver", "spawn")
    ),
    Harm(
        "pool",
        "a forked pool that logs",
        families.run("pooling"),
        is_compared=True,
        is_slow=True,
    ),
    Harm("dataloader", "PyTorch's DataLoader, 2 workers", families.load_data, is_compared=True),
    Harm("daemons", "daemon threads at exit", families.run("leaving_daemons"), is_compared=True),
    Harm("threads", "64 threads, one run", families.run_threads, is_compared=True),
    Harm("processes", "64 processes start at once", families.start_many),
    Harm("ranks", "8 ranks, one run", families.start_ranks),
    Harm("stopped", "SIGSTOP for a minute", machines.stop, is_compared=True),
    Harm("clock", "the clock is set back an hour", machines.set_clock_back, is_compared=True),
    Harm(
        "renamed",
        "the host is renamed",
        machines.rename_host,
        KILLED | COMPLETED,
        is_for_all=False,
    ),
    Harm(
        "rebooted",
        "the machine is started anew",
        machines.reboot,
        frozenset({"FAILED host rebooted"}),
        is_for_all=False,
    ),
    Harm("pid", "SIGKILL, the process number used again", machines.reuse_pid, KILLED,
         is_for_all=False),
    Harm(
        "appended",
        "SIGKILL on a disk that cannot be mapped",
        disks.kill_appending,
        KILLED,
        disk=surroundings.unknown_disk,
        is_for_all=False,
    ),
    Harm(
        "fuse",
        "SIGKILL on FUSE (bindfs)",
        disks.kill_appending,
        KILLED,
        disk=surroundings.fuse_disk,
        is_for_all=False,
        is_slow=True,
    ),
    Harm(
        "power",
        "power loss: pages written back in any order",
        machines.lose_power,
        frozenset({"FAILED host rebooted"}),
        is_for_all=False,
    ),
    Harm("rot", "bytes changed, files removed", disks.rot, is_for_all=False, is_damaging=True),
    Harm("values", "NaN, infinities, -0.0, denormals", sizes.log_odd_values, messages=(0, 1)),
    Harm("names", "a million metric names", sizes.log_names, is_for_all=False),
    Harm("parameter", "a parameter of 50 MB", sizes.log_parameter, is_for_all=False),
    Harm("attachments", "100,000 attachments", sizes.log_attachments, is_for_all=False),
    Harm("unicode", "names in every script of Unicode", sizes.log_unicode, is_for_all=False),
)  # fmt: skip
