"""What the tests of the second reader stand on."""

from collections.abc import Iterator

import pytest

from tests.critic.fake_api.server import FakeApi

_OF_THE_ENVIRONMENT = (
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "ANTHROPIC_BASE_URL",
    "ANTHROPIC_CONFIG_DIR",
    "ANTHROPIC_PROFILE",
    "ALL_PROXY",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
)


@pytest.fixture
def fake_api(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeApi]:
    """Return a running fake of the Messages API, which no setting of the machine keeps one from."""
    for name in _OF_THE_ENVIRONMENT:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with FakeApi() as api:
        yield api


@pytest.fixture
def another_host(fake_api: FakeApi) -> Iterator[FakeApi]:
    """Return a second one, to which the first leads where a scenario leads away; it has the batches of the first."""
    with FakeApi() as other:
        other.batches = fake_api.batches
        fake_api.elsewhere = other
        yield other
