"""What differs between two runs: parameters, code, packages, environment. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class RunKnowledge(NamedTuple):
    """What is known of a run that may explain how it went.

    Attributes:
        parameters: its parameters.
        context: what it knows about itself, by section.
        attachments_digests: the SHA-256 of the newest version of each attachment, by name.
    """

    parameters: Mapping[str, Any]
    context: Mapping[str, Mapping[str, Any]]
    attachments_digests: Mapping[str, str]


class Difference(NamedTuple):
    """One thing that differs.

    Attributes:
        what: what it is called.
        before: what it was, or None where it was not there.
        after: what it is, or None where it is not there.
    """

    what: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Differences:
    """All that differs, by area; in each, in the order of the alphabet.

    Attributes:
        parameters: by their names.
        code: commit, branch, command and the like, and the files that were kept of it; of these
            the first letters of their digests.
        packages: by their names: versions, None where one is not installed.
        environment: by their names; variables as ``variables.OMP_NUM_THREADS``.
    """

    parameters: list[Difference] = field(default_factory=list)
    code: list[Difference] = field(default_factory=list)
    packages: list[Difference] = field(default_factory=list)
    environment: list[Difference] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.parameters or self.code or self.packages or self.environment)


_CODE = ("branch", "command", "commit", "notebook", "remote", "script")
_CODE_FILES = "code/"
_SHOWN_DIGEST = 12
_ABSENT = object()
# They name this very job or process, so that they differ every time and explain nothing.
_OWN_NAMES = frozenset(
    {
        "container_id",
        "kubernetes.pod",
        "kubernetes.uid",
        "slurm.array_job_id",
        "slurm.job_id",
        "slurm.step_id",
        "variables.HOSTNAME",
        "variables.LSB_JOBID",
        "variables.MASTER_PORT",
        "variables.PBS_JOBID",
        "variables.POD_NAME",
        "variables.RAY_JOB_ID",
        "variables.TORCHELASTIC_RUN_ID",
        "variables.TRIALOG_RUN",
    }
)
_OWN_PREFIX = "variables.SLURM_"  # all that matters of it stands under ``slurm``


def differences_between(old: RunKnowledge, new: RunKnowledge) -> Differences:
    """What differs between two runs.

    A section that one of them has not kept at all tells nothing, and is left out.

    Args:
        old: the run before.
        new: the run after it.

    Example:
        >>> old = RunKnowledge({"lr": 0.1}, {"packages": {"numpy": "1.26"}}, {})
        >>> new = RunKnowledge({"lr": 0.2}, {"packages": {"numpy": "2.0"}}, {})
        >>> found = differences_between(old, new)
        >>> found.parameters, found.packages[0].after
        ([Difference(what='lr', before=0.1, after=0.2)], '2.0')
    """
    return Differences(
        parameters=list(_compared(old.parameters, new.parameters)),
        code=list(_compared(*_known(code_of, old, new, "code"))),
        packages=list(_compared(*_known(packages_of, old, new, "packages"))),
        environment=list(_compared(*_known(environment_of, old, new, "environment"))),
    )


def _known(
    told: Any, old: RunKnowledge, new: RunKnowledge, section: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    if not (old.context.get(section) and new.context.get(section)):
        return {}, {}
    return told(old), told(new)


def code_of(run: RunKnowledge) -> dict[str, Any]:
    """What code the run ran: commit, command and the like, and the files that were kept."""
    section = run.context["code"]
    facts = {key: section[key] for key in _CODE if section.get(key) is not None}
    files = {
        name: digest[:_SHOWN_DIGEST]
        for name, digest in run.attachments_digests.items()
        if name.startswith(_CODE_FILES)
    }
    return facts | files


def packages_of(run: RunKnowledge) -> dict[str, Any]:
    """The versions of its packages."""
    return dict(run.context["packages"])


def environment_of(run: RunKnowledge) -> dict[str, Any]:
    """Where it ran, but for what names this very job or process."""
    flat = dict(_flat(run.context["environment"], ""))
    return {
        name: value
        for name, value in flat.items()
        if name not in _OWN_NAMES and not name.startswith(_OWN_PREFIX)
    }


def _flat(section: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in section.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        elif key == "gpus" and isinstance(value, list):
            names = [each.get("name") for each in value if isinstance(each, Mapping)]
            yield f"{prefix}gpus", names
        else:
            yield f"{prefix}{key}", value


def _compared(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name, _ABSENT), new.get(name, _ABSENT)
        if not is_same(before, after):
            yield Difference(
                name,
                None if before is _ABSENT else before,
                None if after is _ABSENT else after,
            )


def is_same(before: Any, after: Any) -> bool:
    """Whether two values are equal and of one kind: True is not 1; NaN is NaN, and 1 is 1.0."""
    return bool(comparable(before) == comparable(after))


def comparable(value: Any) -> Any:
    """What is equal for values that are the same, and for no others: a key to gather them by.

    Example:
        >>> comparable(1) == comparable(1.0), comparable(1) == comparable(True)
        (True, False)
        >>> comparable(float("nan")) == comparable(float("nan"))
        True
    """
    if isinstance(value, float) and math.isnan(value):
        return "NaN", float
    return value, isinstance(value, bool)
