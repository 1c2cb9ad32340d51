"""Stories in which a script has children, threads and workers that log."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from typing import TYPE_CHECKING

from chaos.ledger import Ledger

if TYPE_CHECKING:
    from chaos.training import Training

CHILDREN = 4
POINTS = 100
_training: list = []  # what forked children inherit


def forking(training: Training) -> None:
    """`os.fork` in the middle of the loop; the children log to what they inherited."""
    training.begin()
    training.train(0, 100, 0.002)
    children = []
    for child in range(1, CHILDREN + 1):
        if not (pid := os.fork()):
            code = 1
            try:
                log_as(training, child)
                code = 0
            finally:
                os._exit(code)
        children.append(pid)
    training.train(100, 300, 0.002)
    codes = [abs(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])) for pid in children]
    training.finish()
    raise SystemExit(max(codes))


def log_as(training: Training, writer: int, steps: int = POINTS) -> None:
    """Log as another writer, with a ledger of its own."""
    ledger = Ledger(training.side, training.writer + writer)
    for step in range(steps):
        ledger.log(training.peer, step)


def processing(training: Training) -> None:
    """Children of `multiprocessing`: forked ones inherit, fresh ones join by the run's ticket."""
    method = training.option("method")
    context = multiprocessing.get_context(method)
    training.begin()
    _training[:] = [training]
    training.train(0, 100, 0.002)
    ticket = None if method == "fork" else training.peer.ticket()
    arguments = (training.name, str(training.peer.folder), str(training.side), ticket)
    children = [
        context.Process(target=work, args=(*arguments, child)) for child in range(1, CHILDREN + 1)
    ]
    for child in children:
        child.start()
    training.train(100, 200, 0.002)
    for child in children:
        child.join()
    training.finish()
    raise SystemExit(max(abs(child.exitcode) for child in children))


def work(name: str, store: str, side: str, ticket: str | None, writer: int) -> None:
    """Be a child."""
    if ticket is None:
        log_as(_training[0], writer)
        return
    from pathlib import Path

    from chaos.training import Training

    training = Training(name, Path(store), Path(side), writer, {})
    training.peer.join(ticket)
    training.train(0, POINTS)
    training.peer.finish()


def pooling(training: Training) -> None:
    """A pool of forked workers, each of which logs what it works out."""
    training.begin()
    _training[:] = [training]
    training.train(0, 100, 0.002)
    with multiprocessing.get_context("fork").Pool(CHILDREN) as pool:
        pool.map(log_one, range(1, 41), chunksize=1)
    training.train(100, 200, 0.002)
    training.finish()


def log_one(writer: int) -> None:
    """Be a task of the pool."""
    log_as(_training[0], writer, 5)


def loading(training: Training) -> None:
    """PyTorch's DataLoader with workers that log."""
    from torch.utils.data import DataLoader, Dataset

    class Numbers(Dataset):
        def __len__(self) -> int:
            return 40

        def __getitem__(self, index: int) -> int:
            log_as(training, index + 1, 5)
            return index

    training.begin()
    training.train(0, 100, 0.002)
    assert sum(len(batch) for batch in DataLoader(Numbers(), batch_size=4, num_workers=2)) == 40
    training.finish()


def threading_(training: Training) -> None:
    """Many threads log to one run at once."""
    training.begin()
    barrier = threading.Barrier(training.option("threads", 64))

    def log() -> None:
        barrier.wait()
        for step in range(training.option("steps", 200)):
            ledger = ledgers[threading.current_thread()]
            ledger.log(training.peer, step)

    threads = [threading.Thread(target=log) for _ in range(training.option("threads", 64))]
    ledgers = {each: Ledger(training.side, number + 1) for number, each in enumerate(threads)}
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    training.ledger.longest_ns = max(ledger.longest_ns for ledger in ledgers.values())
    training.finish()


def leaving_daemons(training: Training) -> None:
    """Daemon threads still log when the script has finished the run and exits."""
    training.begin()

    def log(writer: int) -> None:
        ledger = Ledger(training.side, writer)
        step = 0
        while True:
            try:
                ledger.log(training.peer, step)
            except Exception:  # noqa: BLE001 # the run has ended: what a thread like this does
                time.sleep(0.001)
            step += 1

    for writer in range(1, 5):
        threading.Thread(target=log, args=(writer,), daemon=True).start()
    training.train(0, 100, 0.002)
    training.finish()


STORIES = (forking, processing, pooling, loading, threading_, leaving_daemons)
