"""A parameter sweep over scikit-learn's handwritten digits: 24 good runs, and one that crashes.

    python examples/digits_sweep.py

Two families of models, networks and boosted trees, learn to tell ten digits apart. Every run keeps
its parameters, four metrics an epoch, a confusion matrix, a picture and the fitted model.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shlex
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from matplotlib.figure import Figure
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sklearn.datasets import load_digits
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import confusion_matrix, log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

import trialog

BLUE, ORANGE = "#0072B2", "#D55E00"  # told apart by everyone, colour-blind or not


Data = tuple[np.ndarray, np.ndarray]  # pictures of 8 x 8 pixels, and the digits they show


def load(seed: int) -> tuple[Data, Data]:
    """The digits, split into some to learn from and some to be judged by."""
    pixels, digits = load_digits(return_X_y=True)
    parts = train_test_split(pixels / 16, digits, test_size=0.4, random_state=seed, stratify=digits)
    return (parts[0], parts[2]), (parts[1], parts[3])


def combinations() -> Iterator[dict[str, Any]]:
    """The parameters of every run."""
    for width, lr in itertools.product((16, 32, 64), (0.003, 0.01, 0.03, 0.1)):
        yield {"model": {"family": "net", "width": width}, "lr": lr}
    yield {"model": {"family": "net", "width": 64}, "lr": 1e3}  # where 1e-3 was meant: it crashes
    for depth, lr in itertools.product((1, 2, 4), (0.03, 0.1, 0.3, 0.5)):
        yield {"model": {"family": "boost", "depth": depth}, "lr": lr}


def learn(parameters: dict[str, Any], train: Data, epochs: int, seed: int) -> Iterator[Any]:
    """Fit a model, and give it back after every epoch."""
    model, lr = parameters["model"], parameters["lr"]
    if model["family"] == "net":
        net = MLPClassifier(
            (model["width"],), solver="sgd", learning_rate_init=lr, alpha=0.03, batch_size=32,
            random_state=seed,
        )  # fmt: skip
        for _ in range(epochs):
            yield net.partial_fit(*train, classes=np.arange(10))
    else:
        trees = GradientBoostingClassifier(
            max_depth=model["depth"], learning_rate=lr, subsample=0.5, max_features="sqrt",
            warm_start=True, random_state=seed,
        )  # fmt: skip
        for epoch in range(epochs):
            yield trees.set_params(n_estimators=epoch + 1).fit(*train)


def judge(model: Any, train: Data, val: Data) -> Iterator[tuple[str, float]]:
    """How well a model does on what it has seen, and on what it has not."""
    for prefix, (pixels, digits) in {"": train, "val/": val}.items():
        chances = model.predict_proba(pixels)
        yield f"{prefix}loss", log_loss(digits, chances)
        yield f"{prefix}acc", np.mean(chances.argmax(axis=1) == digits)


def draw(run: trialog.Run, confusion: np.ndarray) -> Figure:
    """The learning curve beside the confusion matrix."""
    figure = Figure(figsize=(10, 4.4), dpi=110, layout="constrained")
    curve, matrix = figure.subplots(1, 2, width_ratios=(1.25, 1))
    for name, label, colour in (("loss", "train", BLUE), ("val/loss", "validation", ORANGE)):
        points = run.metric(name)  # a run can be read while it is recorded
        curve.plot(points["step"], points["value"], color=colour, linewidth=2, label=label)
    curve.set(xlabel="epoch", ylabel="log loss", yscale="log", title=run.name)
    curve.grid(alpha=0.25, which="both")
    curve.spines[["top", "right"]].set_visible(False)
    curve.legend(frameon=False)
    matrix.imshow(confusion, cmap="Blues", norm="symlog")
    for (row, column), count in np.ndenumerate(confusion):
        if count:
            colour = "white" if count > 10 else "black"
            matrix.text(column, row, count, ha="center", va="center", color=colour, fontsize=8)
    matrix.set(xlabel="predicted", ylabel="true", xticks=range(10), yticks=range(10))
    matrix.set_title(f"{confusion.trace() / confusion.sum():.1%} of {confusion.sum()} right")
    return figure


def record(run: trialog.Run, parameters: dict[str, Any], epochs: int, seed: int) -> None:
    """Train one model and keep everything about it."""
    train, val = load(seed)
    run.log_parameters(parameters)
    for epoch, model in enumerate(learn(parameters, train, epochs, seed)):
        run.log(dict(judge(model, train, val)), step=epoch)
    confusion = confusion_matrix(val[1], model.predict(val[0]))
    run.log_json("confusion", confusion.tolist())
    run.log_value("picture", draw(run, confusion))
    with tempfile.TemporaryDirectory() as folder:
        run.log_file("model", joblib.dump(model, f"{folder}/model.joblib")[0])


def sweep(options: argparse.Namespace, tag: str) -> None:
    """One run for every combination of parameters; one that crashes does not stop the rest."""
    todo = list(combinations())[:: 3 if options.quick else 1]
    columns = (BarColumn(30), MofNCompleteColumn(), TimeElapsedColumn())
    best = 0.0
    with Progress(*columns, TextColumn("{task.description}"), transient=True) as progress:
        task = progress.add_task("", total=len(todo))
        for parameters in progress.track(todo, task_id=task):
            family, size = parameters["model"].values()
            name = f"{family}-{size}-{parameters['lr']:g}"
            progress.update(task, description=f"{name}, best so far {best:.2%}")
            try:
                with trialog.init(options.project, name=name, tags=[family, tag]) as run:
                    record(run, parameters, 6 if options.quick else 30, options.seed)
            except ValueError as error:  # the run is kept as CRASHED, and says why
                news = f"CRASHED: {str(error).partition('.')[0]}"
            else:
                best = max(best, run.summary["val/acc"]["max"])
                news = f"val/acc {run.summary['val/acc']['max']:.2%}"
            progress.console.print(f"{run.name:14} {news}", markup=False, highlight=False)


def compare(project: str, tag: str) -> None:
    """Print the runs of the sweep side by side, the best one, and where to look further."""
    runs = trialog.runs(project, tags=tag)
    if not runs:  # TRIALOG_MODE=disabled
        sys.exit("\nNothing was kept, so there is nothing to compare.")
    whole = runs.comparison_df().set_index("name").sort_values("max(val/acc)", ascending=False)
    frame = whole[["status", "lr", "model/width", "model/depth", "last(val/acc)", "max(val/acc)"]]
    frame = frame.rename(columns=lambda name: name.removeprefix("model/"))  # fits 80 columns
    print(f"\n{len(whole)} runs, {len(frame.columns)} of {len(whole.columns)} columns:\n")
    print(frame.to_string(float_format="{:.4g}".format))

    best = runs.best("val/acc")
    top = best.summary["val/acc"]
    print(f"\nBest: {best.name}, val/acc {top['max']:.2%} at epoch {top['step_of_max']}")


def point_further(project: str, tag: str) -> None:
    """Print the commands, and the lines of Python, to look further with."""
    runs = trialog.runs(project, tags=tag)
    best = runs.best("val/acc").name
    print("\nLook further:\n")
    if os.environ.get("TRIALOG_HOME"):
        print(f"  export TRIALOG_HOME={shlex.quote(os.environ['TRIALOG_HOME'])}")
    if shutil.which("trialog") is None:
        print(f"  . {shlex.quote(str(Path(sys.prefix, 'bin', 'activate')))}")
    print("  trialog ui")
    print(f"  trialog run list {project}")
    print(f"  trialog run compare {project} --best val/acc")
    print(f"  trialog run show {best}")
    for run in runs:
        if run.status is trialog.RunStatus.CRASHED:
            print(f"  trialog run why {run.name}")
    print("  trialog doctor")
    print("\nIn Python:\n")
    print("  import trialog")
    print(f'  frame = trialog.runs("{project}", tags="{tag}").comparison_df()')
    print(f'  trialog.get_run("{best}").write_attachment("picture", "picture.png")')


def main() -> None:
    """Sweep, then compare."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--project", default="digits", help="where the runs go (digits)")
    parser.add_argument("--seed", type=int, default=0, help="of the split and the models (0)")
    parser.add_argument("--quick", action="store_true", help="9 runs of 6 epochs")
    options = parser.parse_args()
    warnings.simplefilter("ignore", RuntimeWarning)  # numbers overflow; the crash says it all

    tag = f"sweep-{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    sweep(options, tag)
    compare(options.project, tag)
    point_further(options.project, tag)


if __name__ == "__main__":
    main()
