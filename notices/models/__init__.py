from notices.models.notices import Notice, NoticeElement
from notices.models.versions import ElementCheck, NoticeVersion, VersionPurpose, digest, in_force_at

__all__ = [
    "ElementCheck",
    "Notice",
    "NoticeElement",
    "NoticeVersion",
    "VersionPurpose",
    "digest",
    "in_force_at",
]
