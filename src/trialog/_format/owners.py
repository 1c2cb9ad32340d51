"""Who and where a run belongs to, from the first record of its journal."""

from __future__ import annotations

import uuid

from trialog._entities import RunOrg, RunProject, RunUser
from trialog._format.facts import Start
from trialog._names import to_slug
from trialog.errors import InvalidNameError

_NAMESPACE = uuid.UUID("6b1f4a86-6a5e-5f0e-9d7e-2d9f4c1c9b11")  # of all uuids made here


def organization(start: Start) -> RunOrg:
    """The namespace of a run."""
    return RunOrg(start.namespace, start.namespace_name or start.namespace)


def project(start: Start) -> RunProject:
    """The project of a run."""
    identity = uuid.uuid5(_NAMESPACE, f"project/{start.namespace}/{start.project}")
    return RunProject(str(identity), start.project_name or start.project, start.project)


def user(start: Start) -> RunUser:
    """Who started a run."""
    identity = uuid.uuid5(_NAMESPACE, f"user/{start.user}")
    return RunUser(str(identity), start.user, user_slug(start.user))


def user_slug(username: str) -> str:
    """The slug of a user; nobody chose that name here, so one without a letter is no error."""
    try:
        return to_slug(username, "user")
    except InvalidNameError:
        return "user"
