from notices.models.announcements import ChangeAnnouncement
from notices.models.contents import ElementCheck, VersionPurpose, VersionRecipient, VersionTool
from notices.models.notices import Notice, NoticeElement
from notices.models.versions import NoticeVersion, digest, in_force_at

__all__ = [
    "ChangeAnnouncement",
    "ElementCheck",
    "Notice",
    "NoticeElement",
    "NoticeVersion",
    "VersionPurpose",
    "VersionRecipient",
    "VersionTool",
    "digest",
    "in_force_at",
]
