"""Statuses other than 200: the error that the SDK makes of each, and what it says for a client to go by."""

import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from tests.critic.fake_api.clients import ASKED, client, error_of, named
from tests.critic.fake_api.courses import Refused
from tests.critic.fake_api.endpoints import Endpoint
from tests.critic.fake_api.scenarios import COURSES, SOON, Scenario
from tests.critic.fake_api.server import FakeApi

ERRORS = {
    Scenario.BAD_REQUEST: "BadRequestError",
    Scenario.LOW_CREDIT: "BadRequestError",
    Scenario.ON_HOLD: "OrganizationOnHoldError",
    Scenario.UNAUTHORIZED: "AuthenticationError",
    Scenario.PAYMENT_REQUIRED: "PaymentRequiredError",
    Scenario.LINKED_SPEND_LIMIT: "LinkedOrganizationSpendLimitReachedError",
    Scenario.FORBIDDEN: "PermissionDeniedError",
    Scenario.NOT_FOUND: "NotFoundError",
    Scenario.REQUEST_TIMEOUT: "RequestTimeoutError",
    Scenario.CONFLICT: "ConflictError",
    Scenario.TOO_LARGE: "ContentTooLargeError",
    Scenario.TOO_LARGE_PAGE: "ContentTooLargeError",
    Scenario.UNPROCESSABLE: "UnprocessableEntityError",
    Scenario.RATE_LIMITED: "RateLimitError",
    Scenario.RATE_LIMITED_BRIEFLY: "RateLimitError",
    Scenario.RATE_LIMITED_AN_HOUR: "RateLimitError",
    Scenario.RATE_LIMITED_UNTIL: "RateLimitError",
    Scenario.RATE_LIMITED_SILENTLY: "RateLimitError",
    Scenario.RATE_LIMITED_ODDLY: "RateLimitError",
    Scenario.SPEND_LIMIT: "EnforcedSpendLimitReachedError",
    Scenario.CONTRACT_SPEND_LIMIT: "ContractSpendLimitReachedError",
    Scenario.RAMP_LIMIT: "RampLimitExceededError",
    Scenario.SERVER_ERROR: "InternalServerError",
    Scenario.SERVER_ERROR_NO_RETRY: "InternalServerError",
    Scenario.BAD_GATEWAY: "InternalServerError",
    Scenario.UNAVAILABLE_PAGE: "ServiceUnavailableError",
    Scenario.GATEWAY_TIMEOUT: "GatewayTimeoutError",
    Scenario.OVERLOADED: "OverloadedError",
    Scenario.OVERLOADED_NO_RETRY: "OverloadedError",
}


@pytest.mark.parametrize("scenario", ERRORS)
async def test_each_status_is_an_error_of_its_own(fake_api: FakeApi, scenario: Scenario) -> None:
    refused = COURSES[scenario].refused
    assert refused is not None
    async with client(fake_api, scenario) as sdk:
        plain = await error_of(sdk.messages.create(**ASKED))
        streamed = await error_of(sdk.messages.create(**ASKED, stream=True))
    for error in (plain, streamed):
        assert named(error) == ERRORS[scenario]
        assert _told(error) == {
            "status_code": refused.status,
            "type": None if refused.page else refused.kind,
            "error_code": refused.code,
            "api_message": None if refused.page else refused.message,
        }
    assert len(fake_api.seen) == 2


def _told(error: Any) -> dict[str, object]:
    return {name: getattr(error, name) for name in ("status_code", "type", "error_code", "api_message")}


async def test_a_refusal_has_a_name_unless_a_gateway_made_it(fake_api: FakeApi) -> None:
    async with client(fake_api) as sdk:
        fake_api.next(Scenario.OVERLOADED, Scenario.UNAVAILABLE_PAGE)
        named_one: Any = await error_of(sdk.messages.create(**ASKED))
        of_gateway: Any = await error_of(sdk.messages.create(**ASKED))
    assert named_one.request_id.startswith("req_")
    assert named_one.body["request_id"] == named_one.request_id
    assert of_gateway.request_id is None
    assert "<title>503 Service Temporarily Unavailable</title>" in of_gateway.body


async def test_a_limit_of_the_rate_says_when_to_try_again(fake_api: FakeApi) -> None:
    async with client(fake_api) as sdk:
        fake_api.next(Scenario.RATE_LIMITED_AN_HOUR, Scenario.RATE_LIMITED_UNTIL)
        an_hour: Any = await error_of(sdk.messages.create(**ASKED))
        until: Any = await error_of(sdk.messages.create(**ASKED))
    assert an_hour.response.headers["retry-after"] == "3600"
    assert an_hour.response.headers["anthropic-ratelimit-requests-remaining"] == "0"
    there = parsedate_to_datetime(until.response.headers["retry-after"])
    assert timedelta() < there - datetime.now(UTC) <= SOON


@pytest.mark.parametrize(
    "scenario", [Scenario.SERVER_ERROR_NO_RETRY, Scenario.OVERLOADED_NO_RETRY, Scenario.CONTRACT_SPEND_LIMIT]
)
async def test_the_sdk_does_not_try_again_what_says_that_it_is_hopeless(fake_api: FakeApi, scenario: Scenario) -> None:
    async with client(fake_api, scenario, retries=2) as sdk:
        await error_of(sdk.messages.create(**ASKED))
    assert len(fake_api.seen) == 1


async def test_scenarios_come_one_after_the_other_and_then_all_is_well(fake_api: FakeApi) -> None:
    fake_api.next(Scenario.RATE_LIMITED_BRIEFLY, "overloaded")
    begun = time.monotonic()
    async with client(fake_api, retries=2) as sdk:
        message = await sdk.messages.create(**ASKED)
    assert message.stop_reason == "end_turn"
    first, second, third = (each.at for each in fake_api.at(Endpoint.MESSAGES))
    assert second - first >= 0.02
    assert third - second >= 0.7, "half of a second, doubled for the second try, less a quarter at most"
    assert time.monotonic() - begun < 5


async def test_a_scenario_waits_for_the_endpoint_that_it_is_for(fake_api: FakeApi) -> None:
    fake_api.next(Scenario.OVERLOADED, at=Endpoint.COUNT_TOKENS)
    asked = {name: ASKED[name] for name in ("model", "messages")}
    async with client(fake_api) as sdk:
        await sdk.messages.create(**ASKED)
        assert named(await error_of(sdk.messages.count_tokens(**asked))) == "OverloadedError"
        assert (await sdk.messages.count_tokens(**asked)).input_tokens > 0


def test_all_that_are_refused_are_tried_here() -> None:
    assert {each for each, course in COURSES.items() if course.refused} - {Scenario.BATCH_GONE} == ERRORS.keys()
    assert all(isinstance(COURSES[each].refused, Refused) for each in ERRORS)
