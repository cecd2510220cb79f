from audit.models.access import AccessEvent
from audit.models.base import (
    AppendOnly,
    AppendOnlyModel,
    AppendOnlyQuerySet,
    AuditedModel,
    AuditedQuerySet,
    HistoryBypassed,
)
from audit.models.findings import FindingAcknowledgement, FindingCount
from audit.models.job import UNFINISHED, WAITING, DailyRun, Job
from audit.models.result import ResultFile

__all__ = [
    "UNFINISHED",
    "WAITING",
    "AccessEvent",
    "AppendOnly",
    "AppendOnlyModel",
    "AppendOnlyQuerySet",
    "AuditedModel",
    "AuditedQuerySet",
    "DailyRun",
    "FindingAcknowledgement",
    "FindingCount",
    "HistoryBypassed",
    "Job",
    "ResultFile",
]
