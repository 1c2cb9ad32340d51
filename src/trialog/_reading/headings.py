"""Names of columns, where parameters and metrics may be called anything. Pure."""

from __future__ import annotations

from collections.abc import Iterable

FIXED = ("name", "status", "date_created", "duration", "tags")
INDEX = "id"
RUN_ID = "run_id"  # the index of an experiment's runs
EXPERIMENT = "experiment"  # the first index where there are several
STEP = "step"  # the second index of points side by side
SUMMARY = ("last", "min", "max", "mean", "count", "first", "step_of_min", "step_of_max")
COMPARED = ("last", "min", "max")

SYSTEM = "system/"


def is_of_system(metric: str) -> bool:
    """Whether a metric says how the machine did, not how the training did.

    Tables of many runs leave such metrics out unless they are asked for by name.

    Example:
        >>> is_of_system("system/cpu"), is_of_system("loss")
        (True, False)
    """
    return metric.startswith(SYSTEM)


def heading(statistic: str, metric: str) -> str:
    """The column of a metric's statistic.

    Example:
        >>> heading("last", "loss")
        'last(loss)'
    """
    return f"{statistic}({metric})"


def metric_headings(metrics: Iterable[str], fixed: Iterable[str]) -> dict[str, str]:
    """The columns of metrics beside fixed columns, as those of parameters.

    Example:
        >>> metric_headings(["loss", "step"], ["id", "step"])
        {'loss': 'loss', 'step': 'metrics.step'}
    """
    return parameter_headings(metrics, fixed, prefix="metrics.")


def parameter_headings(
    parameters: Iterable[str], fixed: Iterable[str], prefix: str = "parameters."
) -> dict[str, str]:
    """The columns of parameters beside fixed columns.

    A column that clashes with a parameter keeps its name, and the parameter goes under
    ``parameters.<name>``; a parameter that really is called so keeps its own column all the same.

    Args:
        parameters: names of parameters, each once.
        fixed: names of the other columns and of the index.
        prefix: tells those that clash.

    Returns:
        The column of each parameter; no two are equal.

    Example:
        >>> parameter_headings(["lr", "status"], ["id", "status"])
        {'lr': 'lr', 'status': 'parameters.status'}
    """
    names = list(parameters)
    taken = set(fixed)
    found = {name: name for name in names if name not in taken}
    taken.update(found)
    for name in names:
        if name not in found:
            column = prefix + name
            while column in taken:
                column = prefix + column
            found[name] = column
            taken.add(column)
    return {name: found[name] for name in names}
