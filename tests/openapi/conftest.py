import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from ccgdpr.openapi import described
from tests.api import issued
from tests.openapi.centre import furnish

GENERATOR = Path(sys.executable).with_name("openapi-python-client")
# Its formatters are for people who read what it made.
SETTINGS = "post_hooks: []\nproject_name_override: made\npackage_name_override: made\n"


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a typed client, made of the description by a generator that anybody may use."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "description.json").write_text(json.dumps(described(), default=str))
    (folder / "settings.yml").write_text(SETTINGS)
    command = [GENERATOR, "generate", "--path=description.json", "--config=settings.yml"]
    options = ["--meta=none", "--output-path=made", "--fail-on-warning"]
    subprocess.run([*command, *options], cwd=folder, check=True, capture_output=True)
    sys.path.insert(0, str(folder))
    yield folder / "made"
    sys.path.remove(str(folder))


@pytest.fixture
def centre(transactional_db: None) -> SimpleNamespace:
    return furnish()


class TypedClient:
    """``client.ask("checks", "ask_checks", body=…)``: what the operation answers, parsed."""

    def __init__(self, url: str, key: str) -> None:
        self.models = module("models")
        self.facts = {"base_url": url, "token": key}

    def ask(self, tag: str, operation: str, *path: Any, **asked: Any) -> Any:
        with module("client").AuthenticatedClient(**self.facts) as client:
            ask = module(f"api.{tag}.{operation}").sync_detailed
            return ask(*path, client=client, **asked)


def module(name: str) -> ModuleType:
    return importlib.import_module(f"made.{name}")


@pytest.fixture
def typed_with(made: Path, live_server: LiveServer) -> Callable[[str], TypedClient]:
    """The typed client, with the key that is named."""
    return lambda key: TypedClient(live_server.url, key)


@pytest.fixture
def typed(typed_with: Callable[[str], TypedClient], centre: SimpleNamespace) -> TypedClient:
    """The typed client, with a key of the centre's."""
    return typed_with(issued(centre.client))
