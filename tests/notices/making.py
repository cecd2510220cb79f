"""What the tests of this room share: notices that were drafted and carried on by the verbs."""

from datetime import UTC, datetime
from typing import Any

from notices import services
from notices.models import Notice, NoticeVersion
from processing.models import ActivityTool, Purpose
from tests.factories import (
    LONG_AGO,
    ActivityFactory,
    NoticeFactory,
    OrganisationFactory,
    PurposeFactory,
    ToolFactory,
    UserFactory,
)

LAST_YEAR = datetime(2025, 3, 14, 10, 26, tzinfo=UTC)


def centre(**facts: Any) -> Any:
    """Our own centre, with everything that a notice has to say of it."""
    known = {
        "address": "ul. Przykładowa 1, 00-001 Warszawa",
        "email": "kontakt@centrum.example",
        "dpo_email": "iod@centrum.example",
        **facts,
    }
    own = OrganisationFactory()
    for name, value in known.items():
        setattr(own, name, value)
    own.save()
    return own


def complete_purpose(**facts: Any) -> Purpose:
    """A purpose of an activity about which the registers know everything."""
    activity = facts.pop("activity", None) or ActivityFactory(
        controller=centre(),
        recipients_pl="kurierzy",
        recipients_en="couriers",
        source_pl="od dostawcy bazy",
        source_en="from the data broker",
    )
    return PurposeFactory(activity=activity, **facts)


def drafted(*purposes: Purpose, notice: Notice | None = None, **facts: Any) -> NoticeVersion:
    asked = purposes or (complete_purpose(),)
    notice = notice or NoticeFactory(controller=asked[0].activity.controller, **facts)
    return services.draft(notice, asked, by=UserFactory())


def submitted(*purposes: Purpose, **facts: Any) -> NoticeVersion:
    version = drafted(*purposes, **facts)
    version.submit()
    return version


def approved(*purposes: Purpose, **facts: Any) -> NoticeVersion:
    version = submitted(*purposes, **facts)
    version.approve(by=UserFactory(approver=True))
    return version


def published(
    *purposes: Purpose, effective_from: datetime = LAST_YEAR, **facts: Any
) -> NoticeVersion:
    version = approved(*purposes, **facts)
    services.publish(version, by=UserFactory(), effective_from=effective_from)
    return version


def used(tool: Any = None, activity: Any = None) -> Any:
    """A tool that an activity uses; it may be in use or still be waiting."""
    tool = tool or ToolFactory()
    ActivityTool(tool=tool, activity=activity or ActivityFactory(), since=LONG_AGO).save()
    return tool
