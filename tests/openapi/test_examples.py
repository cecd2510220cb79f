"""The examples of docs/api, run as they stand there."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer
from standardwebhooks.webhooks import Webhook

from consents import services
from consents.choices import ConsentState, EventKind, Method
from consents.models import Consent, ConsentEvent
from feed.models import Follower
from screening.models import DialList
from tests.api import issued
from tests.process import HOUSE

EXAMPLES = HOUSE / "docs" / "api"
SECRET = "whsec_" + "c2VjcmV0LW9mLXRoZS10ZXN0LW9ubHk="
RECALLED = {"contact": "+48601234567", "reasons": ["withdrawn"], "since": None}
pytestmark = pytest.mark.django_db(transaction=True)
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(centre: SimpleNamespace, live_server: LiveServer, tmp_path: Path) -> Run:
    """``run("check.py", …, said="…")``: an example as a process, as the centre's client."""
    environment = {"PATH": os.environ["PATH"], **_known(centre, live_server)}

    def run(name: str, *arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
        program = "sh" if name.endswith(".sh") else sys.executable
        command = [program, EXAMPLES / name, *arguments]
        options = {"capture_output": True, "text": True, "timeout": 60, "cwd": tmp_path}
        return subprocess.run(command, env=environment, input=said, check=True, **options)

    return run


def _known(centre: SimpleNamespace, live_server: LiveServer) -> dict[str, str]:
    return {"CCGDPR_URL": f"{live_server.url}/api/v1/", "CCGDPR_KEY": issued(centre.client)}


def _withdrawn(centre: SimpleNamespace) -> None:
    event = centre.events[-1]
    act = {"source": centre.source, "method": Method.CALL, "evidence": "nagranie 8"}
    services.withdraw(event.contact_point, centre.newsletter, event.channel, **act)


# Checking and recording --------------------------------------------------------------------------


def test_the_check_before_dialling_lets_those_through_who_may_be_called(run: Run) -> None:
    done = run("check.py", "newsletter", "voice", said="601 234 567\n22 555 01 23\n")
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == ["601 234 567"]
    assert done.stderr == "not called: unknown_contact\n"


def test_nobody_is_called_where_the_house_refuses_to_answer(run: Run) -> None:
    with pytest.raises(subprocess.CalledProcessError) as refused:
        run("check.py", "of-somebody-else", "voice", said="601 234 567\n")
    assert refused.value.stdout == ""


def test_what_people_said_is_recorded_once_though_the_script_runs_twice(run: Run) -> None:
    act = {"kind": "withdrawn", "contact": "601 234 567", "channel": "voice", "method": "call"}
    said = json.dumps({**act, "purpose": "newsletter", "source": "web-form"})
    told = [run("record.py", said=said).stdout for _ in range(2)]
    assert told == ["line 1: recorded\n"] * 2
    assert ConsentEvent.objects.filter(kind=EventKind.WITHDRAWN).count() == 1


def test_an_act_that_is_refused_is_told_by_its_line(run: Run) -> None:
    act = {"kind": "withdrawn", "contact": "nobody", "channel": "voice", "method": "call"}
    said = json.dumps({**act, "purpose": "newsletter", "source": "web-form"})
    assert run("record.py", said=said).stdout.startswith("line 1: refused\n  #/contact: ")


# The feed ----------------------------------------------------------------------------------------


def test_a_stop_list_follows_what_is_withdrawn(
    run: Run, centre: SimpleNamespace, tmp_path: Path
) -> None:
    _withdrawn(centre)
    run("follow.py", "seen.txt", "stopped.txt")
    assert (tmp_path / "stopped.txt").read_text() == "+48601234567\tnewsletter\tvoice\n"
    assert Follower.objects.get().seq == int((tmp_path / "seen.txt").read_text())


def test_the_feed_goes_on_where_it_was_left(
    run: Run, centre: SimpleNamespace, tmp_path: Path
) -> None:
    run("follow.py", "seen.txt", "stopped.txt")
    _withdrawn(centre)
    run("follow.py", "seen.txt", "stopped.txt")
    run("follow.py", "seen.txt", "stopped.txt")
    assert len((tmp_path / "stopped.txt").read_text().splitlines()) == 1


# The web form ------------------------------------------------------------------------------------


@pytest.fixture
def load(
    monkeypatch: pytest.MonkeyPatch, centre: SimpleNamespace, live_server: LiveServer
) -> Callable[[str], ModuleType]:
    """``load("form")``: an example as a module, beside the one that it asks with."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    for name, value in _known(centre, live_server).items():
        monkeypatch.setenv(name, value)

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


def _asked(module: ModuleType, body: str = "", **headers: str) -> tuple[str, str]:
    """The status and the page that ``module`` answers with."""
    said: list[str] = []
    environment = {
        "REQUEST_METHOD": "POST" if body else "GET",
        "CONTENT_LENGTH": str(len(body.encode())),
        "wsgi.input": BytesIO(body.encode()),
        **headers,
    }
    page = b"".join(module.application(environment, lambda status, _headers: said.append(status)))
    return said[0], page.decode()


def _state(contact: str) -> str:
    return Consent.objects.get(contact_point__value=contact).state


def _filled_in(page: str, **fields: str) -> str:
    """What a browser sends of the form on ``page``, its box ticked."""
    hidden = re.search(r'name="sent" value="([^"]+)"', page)[1]
    wording = re.search(r'name="wording" value="([^"]+)"', page)[1]
    return urlencode({"sent": hidden, "wording": wording, **fields})


def test_the_form_shows_the_wording_with_its_box_empty(
    load: Callable[[str], ModuleType], centre: SimpleNamespace
) -> None:
    _status, page = _asked(load("form"))
    assert "Wyrażam zgodę na otrzymywanie ofert pocztą elektroniczną." in page
    assert "checked" not in page


def test_a_form_that_is_sent_twice_gives_consent_once(load: Callable[[str], ModuleType]) -> None:
    form = load("form")
    sent = _filled_in(_asked(form)[1], contact="nowa@poczta.example")
    answers = [_asked(form, sent) for _ in range(2)]
    assert answers[0] == answers[1]
    assert _state("nowa@poczta.example") == ConsentState.GIVEN
    assert ConsentEvent.objects.filter(contact_point__value="nowa@poczta.example").count() == 1


def test_an_empty_box_is_no_event(load: Callable[[str], ModuleType]) -> None:
    before = ConsentEvent.objects.count()
    _asked(load("form"), urlencode({"sent": "1", "contact": "nowa@poczta.example"}))
    assert ConsentEvent.objects.count() == before


# Webhooks ----------------------------------------------------------------------------------------


def body_of(member: dict[str, Any]) -> str:
    data = {"list": "7f3c", "contacts": [member]}
    return json.dumps({"type": "list.recall", "data": data})


@pytest.fixture
def receiver(
    load: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """``receiver(body)``: the answer to ``body`` under the signature of the recall."""
    monkeypatch.setenv("CCGDPR_SECRET", SECRET)
    module = load("webhook")

    def received(body: str, *, secret: str = SECRET) -> str:
        now = timezone.now()
        signed = Webhook(secret).sign("msg_1", now, body_of(RECALLED))
        named = {"ID": "msg_1", "TIMESTAMP": str(int(now.timestamp())), "SIGNATURE": signed}
        headers = {f"HTTP_WEBHOOK_{name}": value for name, value in named.items()}
        return _asked(module, body, **headers)[0]

    return received


def test_a_signed_message_is_acted_on_once(
    receiver: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    statuses = {receiver(body_of(RECALLED)) for _ in range(2)}
    assert statuses == {"204 No Content"}
    assert capsys.readouterr().out == "list.recall 7f3c +48601234567 withdrawn\n"


def test_a_message_under_another_secret_is_refused(receiver: Callable[..., str]) -> None:
    assert receiver(body_of(RECALLED), secret="whsec_" + "YW5vdGhlcg==") == "401 Unauthorized"


def test_a_message_that_was_changed_on_its_way_is_refused(receiver: Callable[..., str]) -> None:
    changed = body_of(RECALLED | {"contact": "+48601234568"})
    assert receiver(changed) == "401 Unauthorized"


# From a shell ------------------------------------------------------------------------------------


@pytest.mark.needs("curl")
def test_every_request_of_the_shell_is_answered(run: Run) -> None:
    answers = [json.loads(line) for line in run("curl.sh").stdout.splitlines() if line]
    purposes, checks, events, objection, feed, links, screening = answers
    assert [each["slug"] for each in purposes["results"]] == ["marketing-own", "newsletter"]
    assert [each["verdict"] for each in checks["results"]] == ["allow", "deny"]
    assert events["results"][0]["status"] == objection["status"] == "recorded"
    assert feed["results"][-1]["type"] == "objection"
    assert links["results"][0]["list_unsubscribe_post"] == "List-Unsubscribe=One-Click"
    assert DialList.objects.get().uuid == UUID(screening["uuid"])


def test_every_example_is_named_by_the_readme() -> None:
    text = (EXAMPLES / "README.md").read_text()
    assert [f.name for f in EXAMPLES.glob("*.*") if f"[{f.name}]({f.name})" not in text] == [
        "README.md"
    ]
