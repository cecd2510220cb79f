"""What kinds of job there are, and what the worker does between jobs: apps register both."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from audit.jobs.work import Work
from audit.models import Job, ResultFile

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kind:
    """How jobs of one kind are done, and what their page says of them."""

    name: str
    does: Callable[[Work], dict[str, Any] | None]
    label: Any = ""
    url: Callable[[Any, ResultFile], str] | None = None
    about: Callable[[Job], str] | None = None
    counts_rows: bool = True
    whose: Callable[[Job], str] | None = None

    def download_url(self, user: Any, result: ResultFile) -> str:
        """Where ``user`` may take ``result`` away; empty where they may not."""
        return self.url(user, result) if self.url else ""

    def page_url(self, job: Job) -> str:
        """The page that tells more than the job's own; empty where there is none."""
        return self.about(job) if self.about else ""

    def ordered_by(self, job: Job) -> str:
        """Who ordered a job that no user owns, by name; empty for the house itself."""
        return self.whose(job) if self.whose else ""


_kinds: dict[str, Kind] = {}
_sweeps: list[Callable[[], None]] = []


def job_kind(
    name: str,
    *,
    label: Any = "",
    url: Callable[[Any, ResultFile], str] | None = None,
    about: Callable[[Job], str] | None = None,
    counts_rows: bool = True,
    whose: Callable[[Job], str] | None = None,
) -> Callable[[Callable], Callable]:
    """Register what does the work of jobs of kind ``name``; it gets a ``Work``.

    ``label`` names the kind on screens. ``url(user, result)`` is the address at which ``user`` may
    download a result, or empty: the view there checks again and calls ``audit.results.served``.
    ``about(job)`` is the address of the page that the job works for, or empty. ``counts_rows`` is
    False where its progress counts something else. ``whose(job)`` names who ordered a job that no
    user owns.
    """

    def register(function: Callable) -> Callable:
        _kinds[name] = Kind(name, function, label, url, about, counts_rows, whose)
        return function

    return register


def kind_of(job: Job) -> Kind:
    """The kind of ``job``; one that nobody registers any more does nothing and is named as such."""
    return _kinds.get(job.kind) or Kind(job.kind, _unknown, job.kind)


def _unknown(work: Work) -> None:
    raise KeyError(work.job.kind)


def is_known(name: str) -> bool:
    return name in _kinds


def sweep(function: Callable[[], None]) -> Callable[[], None]:
    """Register something that the worker does every few minutes, such as erasing what expired."""
    _sweeps.append(function)
    return function


def run_sweeps() -> None:
    """Do each; one that fails is logged and keeps no other from its work."""
    for function in _sweeps:
        try:
            function()
        except Exception:
            log.exception("The sweep %s failed", function.__qualname__)
