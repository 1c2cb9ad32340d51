"""Names for runs that were given none."""

from __future__ import annotations

import random
import re
import subprocess
import sys

from trialog._names import check_path_name
from trialog._tracking.random_names import random_name


def test_a_name_is_two_words_and_a_number():
    """Easy to say, to type and to put into a path."""
    for _ in range(200):
        name = random_name()
        assert re.fullmatch(r"[a-z-]+_[a-z-]+_[1-9][0-9]{0,2}", name), name
        assert check_path_name(name, "run") == name


def test_names_differ():
    """Of a thousand hardly one comes twice."""
    assert len({random_name() for _ in range(1000)}) > 990


def test_the_seed_of_the_user_is_left_alone():
    """It decides no name, and no name uses up its numbers."""
    random.seed(1)
    state = random.getstate()
    names = [random_name()]
    assert random.getstate() == state
    random.seed(1)
    names.append(random_name())
    assert names[0] != names[1]


def test_the_first_name_of_a_process_leaves_the_seed_alone_too():
    """The words are loaded then, by a package that draws while it is imported."""
    code = """
import random
random.seed(1)
expected = random.getstate()
from trialog._tracking.random_names import random_name
random_name()
assert random.getstate() == expected
"""
    subprocess.run([sys.executable, "-c", code], check=True)
