"""Which models there are, as the API tells it."""

import pytest

from reviewer.critic import sdk
from reviewer.critic.failures import Failed, Failure
from reviewer.critic.key import Key
from reviewer.critic.models import KnownModel, list_models
from tests.critic.fake_api.scenarios import Scenario
from tests.critic.fake_api.server import FakeApi


async def asked(api: FakeApi, scenario: Scenario) -> tuple[KnownModel, ...] | Failed:
    await sdk.load()
    async with sdk.client_for(Key("sk-ant-of-a-test", "a test"), api.url(scenario)) as client:
        options = client.with_options(timeout=0.3 if scenario is Scenario.STALL_AT_ONCE else 10)
        return await list_models(options, 0.5 if scenario is Scenario.DRIP else 60)


async def test_every_model_is_listed_with_what_it_can(fake_api: FakeApi) -> None:
    found = await asked(fake_api, Scenario.PLAIN)
    assert not isinstance(found, Failed)
    assert len(found) > 2
    assert {model.id for model in found} <= {model["id"] for model in fake_api.models}
    assert all(model.id and model.lifecycle for model in found)
    assert any(model.max_output_tokens and model.efforts for model in found)


@pytest.mark.parametrize(
    ("scenario", "failure"),
    [
        (Scenario.UNAUTHORIZED, Failure.BAD_KEY),
        (Scenario.HTML, Failure.UNREADABLE),
        (Scenario.MALFORMED, Failure.UNREADABLE),
        (Scenario.STALL_AT_ONCE, Failure.TIMED_OUT),
        (Scenario.DRIP, Failure.TIMED_OUT),
    ],
)
async def test_what_goes_wrong_has_its_word(fake_api: FakeApi, scenario: Scenario, failure: Failure) -> None:
    fake_api.drip_seconds = 0.05
    failed = await asked(fake_api, scenario)
    assert isinstance(failed, Failed)
    assert failed.failure is failure
