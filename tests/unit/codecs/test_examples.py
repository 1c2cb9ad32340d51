"""The examples in the docstrings are true."""

import doctest
import importlib
import pkgutil

import numpy as np
import pandas as pd
import plotly.graph_objects
import pytest
from matplotlib.figure import Figure
from PIL import Image

from trialog import codecs

MODULES = [f"trialog.codecs.{module.name}" for module in pkgutil.iter_modules(codecs.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples_run(name):
    """Each as it stands, with the package's names, numpy, pandas, plotly and others at hand."""
    names = {codec: getattr(codecs, codec) for codec in codecs.__all__}
    names |= {"numpy": np, "pandas": pd, "plotly": plotly, "Figure": Figure, "Image": Image}
    module = importlib.import_module(name)
    result = doctest.testmod(module, extraglobs=names)
    assert result.failed == 0


@pytest.mark.parametrize("name", sorted(set(codecs.__all__) - {"Codec"}))
def test_every_public_name_has_an_example(name):
    """All but the alias for what users pass, which cannot be called."""
    assert ">>>" in getattr(codecs, name).__doc__
