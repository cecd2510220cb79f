"""Every table is one of four kinds (product.md §3). A new model is added here by its author."""

import pytest
from django.db import models

from audit.models import AppendOnlyModel, AuditedModel
from tests.house.floors import house_models, is_history, keys

REGISTERS = {
    "accounts.ApiClient",
    "accounts.ApiKey",
    "accounts.User",
    "consents.Acquisition",
    "consents.ConsentWording",
    "consents.ContactPoint",
    "consents.DataSubject",
    "consents.LeadSource",
    "consents.MappingPreset",
    "consents.NamedController",
    "consents.SourceWording",
    "feed.WebhookEndpoint",
    "legitimate_interest.BalanceAnswer",
    "legitimate_interest.BalanceImpact",
    "legitimate_interest.BalanceQuestion",
    "legitimate_interest.BalanceTest",
    "notices.ElementCheck",
    "notices.Notice",
    "notices.NoticeElement",
    "notices.NoticeVersion",
    "notices.VersionPurpose",
    "notices.VersionRecipient",
    "notices.VersionTool",
    "processing.ActivityProcessor",
    "processing.ActivityRecipient",
    "processing.ActivityTool",
    "processing.ActivityTransfer",
    "processing.ChannelRule",
    "processing.ClientGrant",
    "processing.ProcessingActivity",
    "processing.Purpose",
    "processing.PurposeGrant",
    "processing.Recipient",
    "processing.RetentionRule",
    "processing.RetentionTrigger",
    "processors.AdequacyDecision",
    "processors.AgreementClause",
    "processors.AutomationTool",
    "processors.ClauseItem",
    "processors.Organisation",
    "processors.ProcessingAgreement",
    "processors.SubProcessor",
    "processors.ToolAcceptance",
    "processors.Transfer",
}
APPEND_ONLY = {
    "audit.AccessEvent",
    "audit.FindingAcknowledgement",
    "consents.ConsentEvent",
    "consents.Restriction",
    "consents.Suppression",
    "consents.WordingReview",
    "notices.ChangeAnnouncement",
    "processors.AgreementDocument",
    "processors.DocumentCheck",
    "screening.ContactList",
    "screening.Handover",
}
# Written by one function from other rows, and rebuildable: consents by the fold, the others from
# a user's role.
DERIVED = {"consents.Consent", "accounts.User_groups", "accounts.User_user_permissions"}
# Expire or are erased, and keep no history.
WORKING = {
    "accounts.ApiUsage",
    "accounts.IdempotencyKey",
    "audit.DailyRun",
    "audit.FindingCount",
    "audit.Job",
    "audit.ResultFile",
    "consents.ConfirmationLetter",
    "consents.ConsentImport",
    "consents.Evidence",
    "consents.OutboxNote",
    "consents.StagedAct",
    "consents.StagedContact",
    "consents.StagedReject",
    "feed.Acknowledgement",
    "feed.Delivery",
    "feed.FeedEntry",
    "feed.FeedHead",
    "feed.Follower",
    "screening.DialList",
    "screening.ListBlock",
}

LIVE = [model for model in house_models() if not is_history(model)]
RECORDS = [m for m in house_models() if is_history(m) or m._meta.label in REGISTERS | APPEND_ONLY]


def _labels(models_: list[type[models.Model]]) -> set[str]:
    return {model._meta.label for model in models_}


def test_every_table_is_of_one_kind() -> None:
    assert _labels(LIVE) == REGISTERS | APPEND_ONLY | DERIVED | WORKING
    assert len(LIVE) == len(REGISTERS) + len(APPEND_ONLY) + len(DERIVED) + len(WORKING)


def test_registers_are_the_audited_models() -> None:
    assert _labels([m for m in LIVE if issubclass(m, AuditedModel)]) == REGISTERS


def test_append_only_tables_are_the_append_only_models() -> None:
    assert _labels([m for m in LIVE if issubclass(m, AppendOnlyModel)]) == APPEND_ONLY


def test_every_register_keeps_history_and_nothing_else_does() -> None:
    assert {m.instance_type._meta.label for m in house_models() if is_history(m)} == REGISTERS


@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model._meta.label)
def test_a_record_outlives_what_it_points_at(model: type[models.Model]) -> None:
    changing = (models.CASCADE, models.SET_NULL, models.SET_DEFAULT)
    assert [key.name for key in keys(model) if key.remote_field.on_delete in changing] == []


@pytest.mark.parametrize("label", sorted(REGISTERS | APPEND_ONLY))
def test_related_managers_are_guarded_too(label: str) -> None:
    model = next(m for m in LIVE if m._meta.label == label)
    assert type(model._base_manager) is type(model._default_manager)


@pytest.mark.parametrize("model", LIVE, ids=lambda model: model._meta.label)
def test_every_model_says_in_one_line_what_it_is(model: type[models.Model]) -> None:
    if not model._meta.auto_created:
        assert (model.__doc__ or "").split("\n")[0].endswith(".")
