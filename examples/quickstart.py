"""The shortest story: one run, and what is kept of it.

python examples/quickstart.py
"""

import trialog

with trialog.init("quickstart", tags=["first"]) as run:
    run.log_parameters({"lr": 0.1, "model": {"depth": 3}})
    for step in range(10):
        run.log("loss", 1 / (step + 1), step=step)
    run.log_json("confusion", {"cat": {"cat": 9, "dog": 1}})

stored = trialog.get_run(run.id)
print(f"{stored.name}: {stored.status}, parameters {stored.parameters}")
print(f"loss went from {stored.summary['loss']['first']} to {stored.summary['loss']['last']}")
