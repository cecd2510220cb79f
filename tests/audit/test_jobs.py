"""Long work survives the workers that do it."""

import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.test import Client
from django.utils import timezone
from django.utils.translation import get_language
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from audit import jobs, progress
from audit.act import current_act
from audit.choices import JobState
from audit.jobs import Cancelled, Failed, Lost, Work, kinds, pulse, queue
from audit.management.commands import worker
from audit.models import Job, ResultFile
from tests.factories import UserFactory
from tests.process import start

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    yield
    jobs.stopping.clear()


@pytest.fixture
def owner() -> User:
    return UserFactory(supervisor=True)


def job_that(does: Any, owner: User | None = None) -> Job:
    jobs.job_kind("test")(does)
    return jobs.enqueue("test", label="Próba", owner=owner)


def done_by(job: Job) -> Job:
    jobs.perform(job)
    job.refresh_from_db()
    return job


def test_a_job_is_done_once(owner: User) -> None:
    done: list[int] = []
    job = done_by(job_that(lambda work: done.append(1), owner))
    assert not jobs.perform(job)
    assert (job.state, job.attempts, done) == (JobState.DONE, 1, [1])


def test_an_unknown_kind_is_refused(owner: User) -> None:
    with pytest.raises(KeyError):
        jobs.enqueue("nothing", label="x", owner=owner)


def test_the_bell_rings_once_the_row_stands(
    owner: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = job_that(lambda work: None, owner)
        assert not DBTaskResult.objects.exists()
    assert DBTaskResult.objects.get().args_kwargs["args"] == [str(job.uuid)]


def test_its_changes_are_its_owners(owner: User) -> None:
    acts: list[Any] = []
    job = job_that(lambda work: acts.append(current_act()), owner)
    jobs.perform(job)
    assert (acts[0].by, acts[0].batch) == (owner, job.uuid)


def test_progress_is_seen_from_outside(owner: User) -> None:
    def does(work: Work) -> dict[str, int]:
        work.progress(5, 10)
        job.refresh_from_db()
        assert (job.done, job.total) == (5, 10)
        return {"rows": 10}

    job = job_that(does, owner)
    assert done_by(job).result == {"rows": 10}


def test_cancelling_a_waiting_job_ends_it(owner: User) -> None:
    job = job_that(lambda work: None, owner)
    jobs.cancel(job)
    assert done_by(job).state == JobState.CANCELLED


def test_cancelling_a_running_job_ends_it_at_its_next_step(owner: User) -> None:
    def does(work: Work) -> None:
        jobs.cancel(work.job)
        with pytest.raises(Cancelled):
            work.progress(1)
        raise Cancelled

    assert done_by(job_that(does, owner)).state == JobState.CANCELLED


def test_a_failure_says_what_to_do(owner: User) -> None:
    def does(work: Work) -> None:
        raise Failed("Wiersz 17: podaj datę.")

    job = done_by(job_that(does, owner))
    assert (job.state, job.error) == (JobState.FAILED, "Wiersz 17: podaj datę.")


def test_an_unexpected_failure_repeats_no_value(
    owner: User, caplog: pytest.LogCaptureFixture
) -> None:
    def does(work: Work) -> None:
        raise ValueError("+48601602603")

    job = done_by(job_that(does, owner))
    assert job.state == JobState.FAILED
    assert "601602603" not in job.error


def broken(work: Work) -> None:
    raise OperationalError("server closed the connection")


def test_what_may_pass_by_itself_is_tried_again_after_a_rest(owner: User) -> None:
    job = done_by(job_that(broken, owner))
    assert (job.state, job.attempts) == (JobState.QUEUED, 1)
    assert job.not_before > timezone.now()
    assert not jobs.perform(job)


def test_a_rest_grows_with_each_attempt() -> None:
    rests = [queue.wait_after(attempts).total_seconds() for attempts in (1, 2, 3, 9)]
    assert rests == [15, 60, 240, 3600]


def test_what_does_not_pass_fails_after_the_last_attempt(owner: User) -> None:
    job = job_that(broken, owner)
    for _attempt in range(3):
        Job.objects.update(not_before=None)
        jobs.perform(job)
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.FAILED, 3)
    assert job.error


def test_the_bell_of_a_rested_job_is_rung(owner: User) -> None:
    done_by(job_that(broken, owner))
    assert jobs.ring_again() == 0
    Job.objects.update(not_before=timezone.now())
    assert jobs.ring_again() == 1


def test_a_failure_speaks_its_owners_language(owner: User) -> None:
    languages: list[str | None] = []
    owner.language = "pl"
    owner.save()
    done_by(job_that(lambda work: languages.append(get_language()), owner))
    assert languages == ["pl"]


def test_a_long_step_is_no_silence(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    beaten = threading.Event()
    monkeypatch.setattr(pulse, "EVERY", 0.0)
    monkeypatch.setattr(pulse, "LOOK", 0.01)
    monkeypatch.setattr(Work, "written", lambda work, **changes: beaten.set())
    done_by(job_that(lambda work: {"beaten": beaten.wait(5)}, owner))
    assert Job.objects.get().result == {"beaten": True}


def test_what_is_told_stands_at_the_end(owner: User) -> None:
    job = done_by(job_that(lambda work: work.tell(7, total=9), owner))
    assert (job.state, job.done, job.total) == (JobState.DONE, 7, 9)


def test_whoever_tells_hears_of_the_wish_to_stop(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def does(work: Work) -> None:
        pulse.Pulse(work)._write({})
        jobs.cancel(work.job)
        work.tell(1)
        pulse.Pulse(work)._write(work.told)
        work.tell(2)

    job = done_by(job_that(does, owner))
    assert (job.state, job.done) == (JobState.CANCELLED, 1)


def test_a_step_without_end_falls_silent(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    work = Work(job_that(lambda work: None, owner))
    assert pulse.Pulse(work)._moves()
    monkeypatch.setattr(pulse, "LONGEST_STEP", timedelta(0))
    assert not pulse.Pulse(work)._moves()


def silent(job: Job, **changes: Any) -> None:
    past = timezone.now() - queue.STALE - timedelta(seconds=1)
    claimed = {"claimed_by": job.uuid, "heartbeat_at": past, "attempts": 1}
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, **{**claimed, **changes})


def test_a_silent_job_goes_back_into_the_queue(owner: User) -> None:
    job = job_that(lambda work: None, owner)
    silent(job)
    assert jobs.reap() == 1
    assert done_by(job).state == JobState.DONE


def test_a_job_that_fell_silent_too_often_is_given_up(owner: User) -> None:
    job = job_that(lambda work: None, owner)
    silent(job, attempts=3)
    jobs.reap()
    assert done_by(job).state == JobState.FAILED
    assert job.error


def test_a_silent_job_that_nobody_wants_any_more_ends(owner: User) -> None:
    job = job_that(lambda work: None, owner)
    silent(job, cancel_requested_at=timezone.now())
    assert jobs.reap() == 1
    assert done_by(job).state == JobState.CANCELLED


def test_a_job_with_a_heartbeat_is_left_alone(owner: User) -> None:
    job = job_that(lambda work: None, owner)
    silent(job, heartbeat_at=timezone.now())
    assert jobs.reap() == 0


def test_a_worker_that_was_replaced_is_told(owner: User) -> None:
    def does(work: Work) -> None:
        Job.objects.filter(pk=work.job.pk).update(claimed_by=owner.uuid)
        with pytest.raises(Lost):
            work.progress(1)
        raise Lost

    job = done_by(job_that(does, owner))
    assert (job.state, job.claimed_by) == (JobState.RUNNING, owner.uuid)


def test_a_worker_that_stops_gives_its_job_back(owner: User) -> None:
    def does(work: Work) -> None:
        jobs.stopping.set()
        work.progress(1)

    job = done_by(job_that(does, owner))
    assert (job.state, job.attempts, job.claimed_by) == (JobState.QUEUED, 0, None)


def test_a_lost_bell_is_rung_again(owner: User) -> None:
    job = job_that(lambda work: None, owner)
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(minutes=5))
    assert jobs.ring_again() == 1
    assert jobs.ring_again() == 0


def test_retrying_starts_anew(owner: User) -> None:
    job = job_that(lambda work: None, owner)
    jobs.cancel(job)
    jobs.retry(job)
    assert done_by(job).state == JobState.DONE


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_does_it(owner: User) -> None:
    done: list[int] = []
    job = job_that(lambda work: done.append(1), owner)
    ready = threading.Barrier(4)

    def work() -> None:
        ready.wait()
        jobs.perform(job)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [1]


# The worker ---------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_worker_stops_cleanly() -> None:
    worker = start("worker")
    assert "ready" in (worker.stdout.readline() if worker.stdout else "")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=20) == 0
    _close(worker)


@pytest.mark.django_db(transaction=True)
def test_two_workers_answer_every_bell() -> None:
    unknown = [Job.objects.create(kind="nobody knows it", label="x") for _ in range(6)]
    for job in unknown:
        queue._ring(job)
    workers = [start("worker"), start("worker")]
    try:
        _until(lambda: not Job.objects.filter(state=JobState.QUEUED).exists())
    finally:
        for worker in workers:
            worker.send_signal(signal.SIGINT)
            worker.wait(timeout=20)
            _close(worker)
    ended = list(Job.objects.values_list("state", "attempts"))
    assert ended == [(JobState.FAILED, 1)] * 6


def _until(holds: Any, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.2)


def _close(process: subprocess.Popen[str]) -> None:
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()


# On screen --------------------------------------------------------------------------------------


@pytest.fixture
def running(owner: User) -> Job:
    now = timezone.now()
    return Job.objects.create(
        kind="test",
        label="Import formularz.csv",
        owner=owner,
        state=JobState.RUNNING,
        claimed_by=owner.uuid,
        heartbeat_at=now,
        started_at=now - timedelta(seconds=60),
        done=3000,
        total=9000,
    )


def test_the_page_tells_rate_and_time_left(running: Job) -> None:
    told = progress.Progress(running, running.started_at + timedelta(seconds=60))
    assert (told.percent, told.rate, told.left) == (33, 50, "about 2 minutes")


def test_the_page_looks_again_by_itself(client: Client, owner: User, running: Job) -> None:
    client.force_login(owner)
    page = client.get(f"/admin/audit/job/{running.pk}/change/")
    assert page["Refresh"]
    assert "3\N{NO-BREAK SPACE}000" in page.content.decode()
    Job.objects.filter(pk=running.pk).update(state=JobState.DONE)
    assert "Refresh" not in client.get(f"/admin/audit/job/{running.pk}/change/")


def test_others_do_not_see_it(client: Client, running: Job) -> None:
    client.force_login(UserFactory(supervisor=True))
    assert client.get(f"/admin/audit/job/{running.pk}/change/").status_code == 404
    assert client.post(f"/admin/audit/job/{running.pk}/cancel/").status_code == 404
    assert client.get("/admin/audit/job/").status_code == 403
    assert "formularz" not in client.get("/admin/jobs/").content.decode()


def test_the_dpo_sees_all(client: Client, running: Job) -> None:
    client.force_login(UserFactory())
    assert "formularz" in client.get("/admin/audit/job/").content.decode()


@pytest.mark.parametrize("query", ["kind=test", "state__exact=running", "owner={owner}"])
def test_the_dpo_narrows_jobs_by_kind_state_and_owner(
    client: Client, owner: User, running: Job, query: str
) -> None:
    Job.objects.create(kind="other", label="Pakiet PDF", owner=UserFactory(approver=True))
    client.force_login(UserFactory())
    page = client.get(f"/admin/audit/job/?{query.format(owner=owner.pk)}").content.decode()
    assert "formularz" in page
    assert "Pakiet PDF" not in page


def test_work_of_the_schedule_belongs_to_nobody(client: Client, running: Job) -> None:
    Job.objects.create(kind="daily", label="Nocny przegląd")
    client.force_login(UserFactory())
    page = client.get("/admin/audit/job/?owner=0").content.decode()
    assert "Nocny przegląd" in page
    assert "formularz" not in page


def test_everybody_sees_their_own_jobs_and_no_others(
    client: Client, owner: User, running: Job
) -> None:
    Job.objects.create(kind="other", label="Pakiet PDF", owner=UserFactory(approver=True))
    client.force_login(owner)
    page = client.get("/admin/jobs/")
    assert page["Refresh"]
    assert "formularz" in page.content.decode()
    assert "Pakiet PDF" not in page.content.decode()
    assert client.post("/admin/jobs/").status_code == 405


def test_a_rest_tells_when_the_next_attempt_begins(
    client: Client, owner: User, running: Job
) -> None:
    until = timezone.now() + timedelta(minutes=4)
    Job.objects.filter(pk=running.pk).update(
        state=JobState.QUEUED, claimed_by=None, not_before=until
    )
    client.force_login(owner)
    page = client.get(f"/admin/audit/job/{running.pk}/change/").content.decode()
    assert "The next attempt begins" in page
    assert "next attempt at" in client.get("/admin/jobs/").content.decode()


def test_its_rate_is_that_of_the_present_attempt(running: Job) -> None:
    running.done_at_start = 2400
    told = progress.Progress(running, running.started_at + timedelta(seconds=60))
    assert told.rate == 10


def test_the_list_of_own_jobs_asks_no_more_for_many(
    client: Client, owner: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        job = Job.objects.create(kind="test", label=f"Próba {number}", owner=owner)
        ResultFile.objects.create(
            job=job,
            name="a.csv",
            content_type="text/csv",
            file=f"results/{number}",
            size=1,
            sha256="0" * 64,
            expires_at=timezone.now() + timedelta(hours=1),
        )
    client.force_login(owner)
    with django_assert_max_num_queries(12):
        client.get("/admin/jobs/")


def test_its_owner_stops_it(client: Client, owner: User, running: Job) -> None:
    client.force_login(owner)
    assert client.get(f"/admin/audit/job/{running.pk}/cancel/").status_code == 405
    client.post(f"/admin/audit/job/{running.pk}/cancel/")
    running.refresh_from_db()
    assert running.cancel_requested_at


def test_who_stops_a_job_while_it_goes_back_into_the_queue_stops_it(running: Job) -> None:
    jobs.job_kind("test")(lambda work: work.progress(3001))
    jobs.cancel(running)
    Job.objects.filter(pk=running.pk).update(state=JobState.QUEUED, claimed_by=None)
    running.refresh_from_db()
    jobs.perform(running)
    running.refresh_from_db()
    assert running.state == JobState.CANCELLED


def test_a_worker_outlives_a_database_that_is_away(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def reap() -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(worker, "reap", reap)
    worker.HouseWorker()._look_around()
    assert "could not look around" in caplog.text
