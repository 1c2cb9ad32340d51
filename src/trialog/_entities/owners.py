"""Who and where a run belongs to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunOrg:
    """The namespace of a run: an organisation or a user.

    Example:
        >>> getfixture("run").organization
        RunOrg(slug='acme', display_name='acme')
    """

    slug: str
    display_name: str = ""


@dataclass(frozen=True, slots=True)
class RunProject:
    """The project of a run; ``uuid`` is stable for a namespace and slug.

    Example:
        >>> getfixture("run").project.slug
        'examples'
    """

    uuid: str
    display_name: str
    slug: str


@dataclass(frozen=True, slots=True)
class RunUser:
    """Who started a run; ``uuid`` is stable for a username.

    Example:
        >>> import trialog
        >>> trialog.get_run(getfixture("run").id).user == getfixture("run").user
        True
    """

    uuid: str
    username: str
    slug: str
