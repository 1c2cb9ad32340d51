"""What goes wrong between here and a registry: in words, and whether asking again may help."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

import requests

from trialog._oci.refusals import fit
from trialog.errors import RegistryError


class InterruptedTransferError(RegistryError):
    """The connection broke, or the registry is busy: asking again later may help.

    Attributes:
        wait_s: the seconds after which the registry wants to be asked again, if it said so.
    """

    def __init__(self, text: str, wait_s: float | None = None) -> None:
        super().__init__(text)
        self.wait_s = wait_s


def is_passing(error: requests.RequestException) -> bool:
    """Whether it is the network, which may be better a moment later."""
    is_network = isinstance(
        error,
        requests.ConnectionError | requests.Timeout | requests.exceptions.ChunkedEncodingError,
    )
    return is_network and not isinstance(error, requests.exceptions.SSLError)


def is_unmet(error: requests.RequestException) -> bool:
    """Whether there never was a connection."""
    chain = _chain(error)
    is_refused = "NewConnectionError" in chain or "NameResolutionError" in chain
    return isinstance(error, requests.ConnectTimeout) or is_refused


def reason(error: requests.RequestException, host: str) -> str:
    """What went wrong, in words that name the host."""
    chain = _chain(error)
    innermost = _innermost(error)
    said = fit(str(getattr(innermost, "strerror", None) or innermost))
    if isinstance(error, requests.exceptions.SSLError):
        return f"{host} cannot be trusted: {said}"
    if "NameResolutionError" in chain:
        return f"the host {host} is unknown: {said}"
    if isinstance(error, requests.exceptions.ProxyError):
        return f"{host} cannot be reached through the proxy: {said}"
    if is_unmet(error):
        return f"{host} cannot be reached: {said}"
    if isinstance(error, requests.Timeout) or "ReadTimeoutError" in chain:
        return f"{host} does not answer in time"
    return f"the connection to {host} broke: {said}"


def asked_pause_s(headers: Mapping[str, str]) -> float | None:
    """The seconds that ``Retry-After`` says, as a number or a date."""
    said = headers.get("Retry-After", "").strip()
    if said.isdecimal():
        return float(said[:9])
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None


def _chain(error: BaseException) -> str:
    """The names of all the errors that led to one."""
    inner = error.__cause__ or error.__context__
    return type(error).__name__ + (f" {_chain(inner)}" if inner is not None else "")


def _innermost(error: BaseException) -> BaseException:
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return error
