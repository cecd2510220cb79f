"""Every register goes out as a file and comes back as it was: found by discovery."""

from collections.abc import Callable
from typing import Any

import pytest
from factory.django import DjangoModelFactory

from audit.incoming import RegisterFile
from audit.models import AuditedModel
from audit.resources import AuditedResource, GuardedCSV, TypedXLSX
from legitimate_interest.models import BalanceAnswer, BalanceQuestion
from notices.models import NoticeVersion
from processing.models import ActivityTool, ActivityTransfer
from processors.models import AgreementClause
from tests import factories
from tests.factories import (
    LONG_AGO,
    ActivityFactory,
    AgreementFactory,
    BalanceTestFactory,
    PurposeFactory,
    ToolFactory,
    TransferFactory,
)
from tests.house.floors import FLOORS
from tests.notices.making import drafted

pytestmark = pytest.mark.django_db


def register_resources(base: type = AuditedResource) -> list[type[AuditedResource]]:
    """Those of the house: not what a test makes up, nor what others only build upon."""
    below = [each for child in base.__subclasses__() for each in register_resources(child)]
    is_ours = base.__module__.partition(".")[0] in FLOORS and base._meta.model is not None
    return [base, *below] if is_ours else below


def _answer() -> None:
    BalanceAnswer(test=BalanceTestFactory(), question=BalanceQuestion.objects.first()).save()


def _tool() -> None:
    ActivityTool(activity=ActivityFactory(), tool=ToolFactory(), since=LONG_AGO).save()


def _transfer() -> None:
    ActivityTransfer(activity=ActivityFactory(), transfer=TransferFactory(), since=LONG_AGO).save()


RESOURCES = sorted(register_resources(), key=lambda resource: resource.__name__)
MAKERS: dict[type[AuditedModel], Callable[[], Any]] = {
    factory._meta.model: factory
    for factory in vars(factories).values()
    if isinstance(factory, type) and issubclass(factory, DjangoModelFactory)
}
# What is made as part of something else.
MAKERS |= {
    ActivityTool: _tool,
    ActivityTransfer: _transfer,
    AgreementClause: AgreementFactory,
    BalanceAnswer: _answer,
    NoticeVersion: lambda: drafted(PurposeFactory()),
}


def outgoing(resource: AuditedResource, file_format: Any) -> bytes:
    body = file_format().export_data(resource.export())
    return body.encode() if isinstance(body, str) else body


@pytest.mark.parametrize("file_format", [GuardedCSV, TypedXLSX])
@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.__name__)
def test_a_register_reads_back_as_it_went_out(
    resource: type[AuditedResource], file_format: type
) -> None:
    model: type[AuditedModel] = resource._meta.model
    if not model.objects.exists():  # catalogues are there from the start
        MAKERS[model]()
    versions = model.history.count()
    table = RegisterFile().create_dataset(outgoing(resource(), file_format))
    preview = resource().import_data(table).preview
    assert (preview.base_errors, preview.problems, preview.rows) == ([], [], [])
    assert preview.unchanged == model.objects.count() > 0
    assert model.history.count() == versions
