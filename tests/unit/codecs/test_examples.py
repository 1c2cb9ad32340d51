"""The examples in the docstrings are true."""

import doctest
import importlib
import pkgutil

import numpy
import pandas
import pytest
from matplotlib.figure import Figure
from PIL import Image

from trialog import codecs
from trialog.codecs import _protocol

MODULES = [f"trialog.codecs.{module.name}" for module in pkgutil.iter_modules(codecs.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples_run(name):
    """Each as it stands, with the package's names, numpy, pandas, Figure and Image at hand."""
    names = {codec: getattr(codecs, codec) for codec in codecs.__all__}
    names |= {"numpy": numpy, "pandas": pandas, "Figure": Figure, "Image": Image}
    module = importlib.import_module(name)
    result = doctest.testmod(module, extraglobs=names)
    assert result.failed == 0


def test_every_public_class_and_function_has_an_example():
    """What a reader copies is in the docstring, or beside the protocol."""
    without = {_protocol.Codec: "an alias"}
    for name in codecs.__all__:
        made = getattr(codecs, name)
        if name not in {"Codec", "filename_suffix", "is_unsafe", "require_safe", "check_codec"}:
            assert ">>>" in (made.__doc__ or ""), name
    assert without
