from notices.admin.announcements import ChangeAnnouncementAdmin
from notices.admin.elements import NoticeElementAdmin
from notices.admin.notices import NoticeAdmin
from notices.admin.versions import NoticeVersionAdmin

__all__ = [
    "ChangeAnnouncementAdmin",
    "NoticeAdmin",
    "NoticeElementAdmin",
    "NoticeVersionAdmin",
]
