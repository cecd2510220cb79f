"""Where a draft begins: what findings lead to, and what the trail says of it afterwards."""

from typing import Any

import pytest
from django.urls import reverse

from audit import trail
from audit.act import acting
from audit.choices import Way
from audit.rules import findings_for
from notices.models import Notice
from processing.models import Purpose
from tests.consents.screens import client_of
from tests.factories import NoticeFactory, ToolFactory, UserFactory
from tests.notices import making

pytestmark = pytest.mark.django_db


def leads_to(record: Any, code: str) -> str:
    """Where the DPO arrives by the mend of the finding ``code`` of ``record``."""
    (finding,) = (each for each in findings_for(record) if each.rule.code == code)
    answer = client_of().get(finding.mend_url)
    assert answer.status_code == 302
    return answer["Location"]


def notice_of(purpose: Purpose) -> Notice:
    return NoticeFactory(controller=purpose.activity.controller)


def page(name: str, *args: Any) -> str:
    return reverse(f"admin:notices_{name}", args=args)


def test_the_first_notice_of_a_controller_is_added() -> None:
    purpose = making.complete_purpose()
    add = f"{page('notice_add')}?controller={purpose.activity.controller_id}"
    assert leads_to(purpose, "purpose_without_notice") == add


def test_the_only_notice_is_drafted_at_once() -> None:
    purpose = making.complete_purpose()
    draft = page("notice_draft", notice_of(purpose).pk)
    assert leads_to(purpose, "purpose_without_notice") == draft


def test_a_version_in_the_making_is_opened() -> None:
    purpose = making.complete_purpose()
    version = making.drafted(purpose)
    opened = page("noticeversion_change", version.pk)
    assert leads_to(purpose, "purpose_without_notice") == opened


def test_among_several_a_person_chooses() -> None:
    purpose = making.complete_purpose()
    notice_of(purpose), notice_of(purpose)
    assert leads_to(purpose, "purpose_without_notice") == page("notice_changelist")


def test_a_tool_goes_into_the_notice_that_tells_of_its_activity() -> None:
    purpose = making.complete_purpose()
    version = making.published(purpose)
    notice_of(purpose)
    tool = making.used(ToolFactory(in_use=True), purpose.activity)
    assert leads_to(tool, "tool_without_notice") == page("notice_draft", version.notice_id)


@pytest.mark.parametrize("asked", ["", "?tool=x", "?purpose=0", f"?purpose={10**30}"])
def test_without_anything_to_tell_of_it_is_the_list(asked: str) -> None:
    answer = client_of().get(page("noticeversion_add") + asked)
    assert answer["Location"] == page("notice_changelist")


@pytest.mark.parametrize("role", ["approver", "auditor"])
def test_nobody_else_begins_a_version(role: str) -> None:
    assert client_of(role).get(page("noticeversion_add")).status_code == 403


def test_a_draft_is_one_entry_of_the_trail_that_names_it() -> None:
    purpose = making.complete_purpose()
    notice = notice_of(purpose)
    with acting(by=UserFactory(), way=Way.ADMIN):
        version = making.drafted(purpose, notice=notice)
    (entry,) = (each for each in trail.page(trail.Asked()).entries if each.is_batch)
    assert entry.title == f"{notice.name_en}, v1: drafted from the registers"
    assert entry.told.url == page("noticeversion_change", version.pk)
    assert entry.total > 10
