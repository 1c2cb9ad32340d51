"""Does harm to training scripts that log to trialog and its peers, and counts what is left to read.

    python benchmarks/run_chaos.py [--peer NAME …] [--harm NAME …] [--quick]

Every case is a real training script in a process of its own, which writes down beside the store
what it has logged. Prints a table and updates `results/chaos.json`. Some harms need root: file
systems, control groups and namespaces are made for them, and taken away again.
"""

from __future__ import annotations

import argparse
import fcntl
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import environments
import peers
from chaos.case import Amount
from chaos.harms import HARMS
from chaos.judging import Outcome
from report import aligned, keep, kept

if TYPE_CHECKING:
    from chaos.harms import Harm

TRACKERS = ("trialog", *(name for name in peers.NAMES[2:] + peers.OTHERS))


def cell(outcome: dict) -> str:
    """Say in a few words what a harm did to a tracker."""
    if outcome["cannot"]:
        return "cannot"
    words = [f"{outcome['kept']:,}/{outcome['acknowledged']:,}"]
    if outcome["invented"]:
        words.append(f"+{outcome['invented']}")
    return " ".join([*words, *(["!"] if outcome["faults"] else [])])


def do(harm: Harm, tracker: str, amount: Amount) -> dict:
    """Do one harm to one tracker and say so."""
    begin = time.monotonic()
    try:
        peer = peers.load(tracker, None)
        environments.interpreter(tracker, peer.requirement)
        outcome = harm.do_to(tracker, amount)
    except subprocess.CalledProcessError as error:
        outcome = Outcome(cannot=f"it cannot be installed: {error.stderr.strip()[-200:]}")
    except Exception as error:  # noqa: BLE001 # a peer may do anything; the others are still asked
        outcome = Outcome(faults=[f"it broke: {error!r}"])
    found = outcome.as_json()
    seconds = time.monotonic() - begin
    print(f"{harm.name:18} {tracker:14} {cell(found):28} {seconds:6.1f} s", end="", flush=True)
    print(f"  {found['runs']} {found['cannot'] or ''} {found['notes'] or ''}", flush=True)
    for fault in found["faults"][:6]:
        print(f"{'':18} - {fault[:300]}", flush=True)
    return found


def keep_one(harm: Harm, tracker: str, found: dict) -> dict:
    """Add an outcome to the results, to which others may be adding too; return them all."""
    with Path(__file__).open("rb") as lock:  # closing it gives the lock up
        fcntl.flock(lock, fcntl.LOCK_EX)
        results = kept("chaos") or {}
        # how many lines a tracker said, not which: some say a hundred thousand, with paths in them
        results.setdefault(harm.name, {})[tracker] = {**found, "said": len(found["said"])}
        keep("chaos", results)
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--peer", action="append", choices=TRACKERS, help="only these trackers")
    parser.add_argument("--harm", action="append", choices=[each.name for each in HARMS])
    parser.add_argument("--quick", action="store_true", help="as the tests do it; nothing is kept")
    arguments = parser.parse_args()
    chosen = [each for each in HARMS if not arguments.harm or each.name in arguments.harm]
    results = kept("chaos") or {}
    for harm in chosen:
        for tracker in arguments.peer or TRACKERS:
            rounds = 3 if tracker == "trialog" else 1
            amount = Amount() if arguments.quick else Amount(is_quick=False, rounds=rounds)
            found = do(harm, tracker, amount)
            if arguments.quick:
                results.setdefault(harm.name, {})[tracker] = found
            else:
                results = keep_one(harm, tracker, found)
    names = [each for each in TRACKERS if any(each in row for row in results.values())]
    rows = [
        [harm.title, *(cell(results[harm.name][name]) if name in results[harm.name] else ""
                       for name in names)]
        for harm in chosen
    ]  # fmt: skip
    print(aligned(["harm", *names], rows))
    if any(results[harm.name].get("trialog", {}).get("faults") for harm in chosen):
        sys.exit("trialog has faults")


if __name__ == "__main__":
    main()
