"""The models that there are, as the SDK reads them."""

from tests.critic.fake_api.catalogue import MODELS, model
from tests.critic.fake_api.clients import client, error_of, named
from tests.critic.fake_api.endpoints import Endpoint
from tests.critic.fake_api.server import FakeApi


async def test_models_are_told_with_what_they_can(fake_api: FakeApi) -> None:
    async with client(fake_api) as sdk:
        models = {each.id: each async for each in sdk.models.list()}
    opus, haiku, old = models["claude-opus-5-5"], models["claude-haiku-5-5"], models["claude-sonnet-4-5"]
    assert (opus.lifecycle, opus.max_tokens, opus.max_input_tokens) == ("active", 128_000, 1_000_000)
    assert (old.lifecycle, old.retires_at is not None) == ("deprecated", True)
    assert opus.capabilities is not None
    assert haiku.capabilities is not None
    assert opus.capabilities.structured_outputs.supported
    assert opus.capabilities.thinking.types.adaptive.supported
    assert (opus.capabilities.effort.max.supported, haiku.capabilities.effort.supported) == (True, False)


async def test_retired_models_are_told_to_those_who_ask(fake_api: FakeApi) -> None:
    async with client(fake_api) as sdk:
        usual = [each.id async for each in sdk.models.list()]
        retired = [each.id async for each in sdk.models.list(lifecycle=["retired"])]
    assert retired == ["claude-opus-4-0"]
    assert not set(usual) & set(retired)


async def test_models_come_page_by_page(fake_api: FakeApi) -> None:
    fake_api.models = [model(f"model-{number}", f"Model {number}", "opus") for number in range(5)]
    async with client(fake_api) as sdk:
        assert [each.id async for each in sdk.models.list(limit=2)] == [f"model-{number}" for number in range(5)]
        before = await sdk.models.list(limit=2, before_id="model-4")
    assert [each.id for each in before.data] == ["model-2", "model-3"]
    assert [each.query.get("after_id") for each in fake_api.at(Endpoint.MODELS)] == [
        None,
        ["model-1"],
        ["model-3"],
        None,
    ]


async def test_one_model_is_asked_for_by_its_name(fake_api: FakeApi) -> None:
    async with client(fake_api) as sdk:
        assert (await sdk.models.retrieve(MODELS[0]["id"])).display_name == MODELS[0]["display_name"]
        assert named(await error_of(sdk.models.retrieve("no-such-model"))) == "NotFoundError"


def test_models_are_described_as_the_sdk_reads_them() -> None:
    from anthropic.types import ModelInfo

    for each in MODELS:
        assert ModelInfo.model_validate(each).model_extra == {}
        assert each.keys() == ModelInfo.model_fields.keys()
