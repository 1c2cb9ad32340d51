"""The dashboard's files: ES modules, styles and one page, served as they are.

Nothing here is built: edit and reload. Modules of others (Preact, htm, signals) are copied
into ``vendor/`` when the package is built, and are never committed. Start with ``main.js``.
"""

from importlib.resources import files
from importlib.resources.abc import Traversable


def dashboard_files() -> Traversable:
    """The folder that holds them."""
    return files(__name__)
