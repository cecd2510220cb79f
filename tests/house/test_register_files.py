"""Every register goes out as a file and comes back as it was: found by discovery."""

from typing import Any

import pytest
from factory.django import DjangoModelFactory

from audit.incoming import RegisterFile
from audit.models import AuditedModel
from audit.resources import AuditedResource, GuardedCSV, TypedXLSX
from tests import factories

pytestmark = pytest.mark.django_db


def register_resources(base: type = AuditedResource) -> list[type[AuditedResource]]:
    below = [each for child in base.__subclasses__() for each in register_resources(child)]
    own = [base] if base.__module__.startswith(HOUSE) and base is not AuditedResource else []
    return own + below


HOUSE = tuple(
    f"{app}." for app in ("processors", "processing", "legitimate_interest", "notices", "consents")
)
RESOURCES = sorted(register_resources(), key=lambda resource: resource.__name__)
FACTORIES = {
    factory._meta.model: factory
    for factory in vars(factories).values()
    if isinstance(factory, type)
    and issubclass(factory, DjangoModelFactory)
    and factory._meta.model is not None
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
        FACTORIES[model]()
    versions = model.history.count()
    table = RegisterFile().create_dataset(outgoing(resource(), file_format))
    preview = resource().import_data(table).preview
    assert (preview.base_errors, preview.problems, preview.rows) == ([], [], [])
    assert preview.unchanged == model.objects.count() > 0
    assert model.history.count() == versions
