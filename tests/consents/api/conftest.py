import pytest

from tests.consents.api.house import House


@pytest.fixture
def house(db: None) -> House:
    return House()
