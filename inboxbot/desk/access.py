"""What a viewer may do; the answer is an exception, so that no caller can forget to look at it.

In: a viewer and what is wanted. Out: nothing, or ForbiddenError.
"""

from inboxbot.errors import ForbiddenError
from inboxbot.staff import Permission, Viewer

_WORDS = {
    Permission.READ: "read conversations",
    Permission.READ_INTERNAL: "see what is internal",
    Permission.WORK: "work on conversations",
    Permission.CONFIRM_CONTACT: "confirm contacts",
    Permission.SHARE: "change what everybody shares",
    Permission.AUDIT: "see the audit trail",
    Permission.USERS: "manage accounts",
}


def require(viewer: Viewer, permission: Permission) -> None:
    """Raise ForbiddenError unless the viewer may do this."""
    if not viewer.may(permission):
        raise ForbiddenError(f"your account may not {_WORDS[permission]}")
