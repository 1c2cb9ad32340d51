"""Who and where a run belongs to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunOrg:
    """The namespace of a run: an organisation or a user."""

    slug: str
    display_name: str = ""


@dataclass(frozen=True, slots=True)
class RunProject:
    """The project of a run; ``uuid`` is stable for a namespace and slug."""

    uuid: str
    display_name: str
    slug: str


@dataclass(frozen=True, slots=True)
class RunUser:
    """Who started a run; ``uuid`` is stable for a username."""

    uuid: str
    username: str
    slug: str
