"""What a run knows about itself, in a few lines for a person: its code, and where it ran. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from trialog._cli.words import count, size

NEW_FILES = "code/untracked/"
"""What the attachments are called that are new files of the repository."""
SHOWN_COMMIT = 12  # letters of it

Section = Mapping[str, Any]


def code_lines(code: Section) -> dict[str, str]:
    """Labels and texts of the section ``code``; what is not known is left out."""
    changed, new = _number(code, "changed_files"), _number(code, "untracked_files")
    differs = [
        count(amount, f"{what} file")
        for amount, what in ((changed, "changed"), (new, "new"))
        if amount
    ]
    commit = str(code.get("commit") or "")[:SHOWN_COMMIT]
    lines = {
        "commit": " + ".join([commit or "none yet", *differs]) if commit or differs else "",
        "branch": code.get("branch"),
        "remote": code.get("remote"),
        "repository": code.get("root"),
        "script": code.get("script"),
        "notebook": code.get("notebook"),
        "command": code.get("command"),
        "folder": code.get("folder") if code.get("folder") != code.get("root") else "",
        "git said": code.get("git"),
    }
    return {label: str(text) for label, text in lines.items() if text}


def environment_lines(environment: Section, packages: Section) -> dict[str, str]:
    """Labels and texts of the sections ``environment`` and ``packages``, likewise."""
    user, host = environment.get("user"), environment.get("host")
    implementation, python = environment.get("implementation"), environment.get("python")
    container = environment.get("container")
    lines = {
        "Python": python and f"{implementation or 'Python'} {python}",
        "installed in": environment.get("prefix"),
        "packages": packages and count(len(packages), "package"),
        "host": host and (f"{host}, as {user}" if user else host),
        "system": _joined(environment.get("os"), environment.get("kernel")),
        "processor": _joined(environment.get("cpu"), _cores(environment)),
        "memory": _memory(environment),
        "GPUs": _gpus(environment),
        "container": container if container != "none" else "",
        "Slurm": _told(environment.get("slurm"), "job_id", "array_task_id", "partition"),
        "Kubernetes": _told(environment.get("kubernetes"), "pod", "namespace", "node"),
    }
    return {label: str(text) for label, text in lines.items() if text}


def _cores(environment: Section) -> str:
    logical, usable = _number(environment, "logical_cores"), environment.get("usable_cores")
    if not logical:
        return ""
    return count(logical, "core") + (f", {usable} usable" if usable not in (None, logical) else "")


def _memory(environment: Section) -> str:
    whole, limit = (_number(environment, key) for key in ("memory_bytes", "memory_limit_bytes"))
    return (size(whole) if whole else "") + (f", limited to {size(limit)}" if limit else "")


def _gpus(environment: Section) -> str:
    gpus = environment.get("gpus")
    if not isinstance(gpus, list):
        return ""
    kinds = Counter(
        _joined(gpu.get("name"), size(memory) if (memory := _number(gpu, "memory_bytes")) else "")
        for gpu in gpus
        if isinstance(gpu, Mapping)
    )
    named = [f"{amount} × {kind}" for kind, amount in kinds.items()]
    driver, cuda = environment.get("gpu_driver"), environment.get("cuda")
    return _joined(*named, f"driver {driver}" if driver else "", f"CUDA {cuda}" if cuda else "")


def _told(section: Any, *keys: str) -> str:
    if not isinstance(section, Mapping):
        return ""
    return ", ".join(f"{key.replace('_', ' ')} {section[key]}" for key in keys if section.get(key))


def _joined(*texts: Any) -> str:
    return ", ".join(str(text) for text in texts if text)


def _number(section: Section, key: str) -> int:
    """A number that may be missing, or whatever else somebody wrote."""
    value = section.get(key)
    return value if isinstance(value, int) else 0
