"""With the real OMMX: where it is not installed, nothing here is collected (see scripts/test)."""

from __future__ import annotations

import importlib.util

import pytest

collect_ignore_glob = [] if importlib.util.find_spec("ommx") else ["test_*.py"]


class Models:
    """Instances in the manner of whichever OMMX is installed."""

    def __init__(self) -> None:
        from trialog.codecs._ommx import import_ommx

        self.ommx = import_ommx("a test")
        self.is_3 = hasattr(self.ommx.Instance, "to_v2_bytes")

    def make(self, variables, objective, constraints=(), *, maximises=False):
        """An instance; a variable has an id, a kind and bounds."""
        instance = self.ommx.Instance
        if self.is_3:
            sense = self.ommx.Sense.Maximize if maximises else self.ommx.Sense.Minimize
            constraints = dict(enumerate(constraints))
        else:
            sense = instance.MAXIMIZE if maximises else instance.MINIMIZE
            constraints = list(constraints)
        return instance.from_components(
            decision_variables=variables, objective=objective, constraints=constraints, sense=sense
        )

    def knapsack(self, capacity=6):
        """The best is worth 8."""
        x = [self.ommx.DecisionVariable.binary(number, name="x") for number in range(3)]
        weight = 2 * x[0] + 3 * x[1] + 4 * x[2] <= capacity
        made = self.make(x, 3 * x[0] + 4 * x[1] + 5 * x[2], [weight], maximises=True)
        made.title = "knapsack"
        return made

    def impossible(self):
        """No solution."""
        x = [self.ommx.DecisionVariable.binary(number) for number in range(2)]
        return self.make(x, x[0], [x[0] + x[1] >= 3])

    def endless(self):
        """No best solution."""
        x = self.ommx.DecisionVariable.continuous(0, lower=0, upper=float("inf"))
        return self.make([x], x, maximises=True)

    def free(self):
        """Nothing to keep to: what an annealer takes as it is; the best is -2."""
        x = [self.ommx.DecisionVariable.binary(number) for number in range(3)]
        return self.make(x, x[0] * x[1] - 2 * x[2])


@pytest.fixture
def models() -> Models:
    return Models()


@pytest.fixture(scope="session", autouse=True)
def registry(tmp_path_factory):
    """OMMX's own store, which it asks for once in a process: names in it are each test's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMMX_LOCAL_REGISTRY_ROOT", str(tmp_path_factory.mktemp("ommx")))
        yield


@pytest.fixture
def reference(tmp_path):
    """A name for an artifact that no other test has."""
    return f"example.org/{tmp_path.name}:v1"
