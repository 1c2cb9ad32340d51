"""How runs and experiments look in a notebook: as HTML, live while they go on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialog._display.cards import Card
    from trialog._public.live import Picture


class Showing:
    """Shows itself in notebooks; mixed into what has a card.

    Only what is displayed is drawn again, and by a thread that reads: nothing of it is on the way
    of what logs.
    """

    def _card(self) -> Card | None:
        """What is to be seen now; None where nothing is kept. Each kind says so itself."""
        raise NotImplementedError

    def show(self) -> None:
        """Show it here and now; in a notebook, keep what is shown current until it has ended.

        In a notebook it is HTML that is drawn again while the run goes on, at most once a second,
        so call it first in the block. Elsewhere it is a line of text.

        Raises:
            StoreError: the store cannot be read.

        Example:
            >>> import trialog
            >>> with trialog.init("acme", "demo", name="shown") as run:
            ...     run.show()
            <Run 'shown' RUNNING acme/demo>
        """
        from trialog._public.live import notebook_shell  # noqa: PLC0415 # only who shows needs it

        shell = notebook_shell()
        if shell is None or not self._show_in(shell):
            print(repr(self))  # noqa: T201 # what the user asked for

    def _repr_html_(self) -> str | None:
        card = self._card()
        if card is None:
            return None
        from trialog._display.cards import card_html  # noqa: PLC0415 # only who shows needs it

        return card_html(card)

    def _ipython_display_(self) -> None:
        from trialog._public.live import notebook_shell  # noqa: PLC0415 # as above

        shell = notebook_shell()
        if shell is None or not self._show_in(shell):
            raise NotImplementedError  # IPython goes on with the plain text

    def _show_in(self, shell: object) -> bool:
        """Show it in a notebook, live where it goes on; whether there was anything to show."""
        if self._card() is None:
            return False
        from trialog._public.live import show_live  # noqa: PLC0415 # as above

        show_live(str(getattr(self, "id", id(self))), self._picture, shell)
        return True

    def _picture(self) -> Picture:
        from trialog._display.cards import card_html  # noqa: PLC0415 # as above
        from trialog._public.live import Picture  # noqa: PLC0415 # as above

        card = self._card()
        assert card is not None  # noqa: S101 # it was there when it was shown
        began, _, *others = card.facts or ("", "")
        told = replace(card, moment=None, facts=(began, *others))  # without how long it took
        return Picture(card_html(card), repr(self), card.moment is None, told)
