"""``python -m trialog``: the same as ``trialog``."""

from trialog._cli.commands import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
