"""Every way in which the fake may answer, by name."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from tests.critic.fake_api.courses import PLAIN, Content, Course, Delivery, Events, Fate, Refused, Results, Stop
from tests.critic.fake_api.endpoints import OF_MESSAGES, OF_ONE_BATCH, Endpoint


class Scenario(StrEnum):
    """The name of a scenario, as it stands in a base URL."""

    PLAIN = "plain"

    BAD_REQUEST = "bad_request"
    LOW_CREDIT = "low_credit"
    ON_HOLD = "on_hold"
    UNAUTHORIZED = "unauthorized"
    PAYMENT_REQUIRED = "payment_required"
    LINKED_SPEND_LIMIT = "linked_spend_limit"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    REQUEST_TIMEOUT = "request_timeout"
    CONFLICT = "conflict"
    TOO_LARGE = "too_large"
    TOO_LARGE_PAGE = "too_large_page"
    UNPROCESSABLE = "unprocessable"
    RATE_LIMITED = "rate_limited"
    RATE_LIMITED_BRIEFLY = "rate_limited_briefly"
    RATE_LIMITED_AN_HOUR = "rate_limited_an_hour"
    RATE_LIMITED_UNTIL = "rate_limited_until"
    RATE_LIMITED_SILENTLY = "rate_limited_silently"
    RATE_LIMITED_ODDLY = "rate_limited_oddly"
    SPEND_LIMIT = "spend_limit"
    CONTRACT_SPEND_LIMIT = "contract_spend_limit"
    RAMP_LIMIT = "ramp_limit"
    SERVER_ERROR = "server_error"
    SERVER_ERROR_NO_RETRY = "server_error_no_retry"
    BAD_GATEWAY = "bad_gateway"
    UNAVAILABLE_PAGE = "unavailable_page"
    GATEWAY_TIMEOUT = "gateway_timeout"
    OVERLOADED = "overloaded"
    OVERLOADED_NO_RETRY = "overloaded_no_retry"
    REDIRECTED = "redirected"

    CLOSED_AT_ONCE = "closed_at_once"
    RESET_AT_ONCE = "reset_at_once"
    STALL_AT_ONCE = "stall_at_once"
    DRIP = "drip"
    CUT = "cut"
    RESET = "reset"
    STALL = "stall"

    MALFORMED = "malformed"
    NOT_UTF8 = "not_utf8"
    EMPTY = "empty"
    HTML = "html"
    FIELDS_MISSING = "fields_missing"
    ANOTHER_SHAPE = "another_shape"

    STREAM_WITHOUT_STOP = "stream_without_stop"
    STREAM_ENDS_MID_EVENT = "stream_ends_mid_event"
    STREAM_ERROR = "stream_error"
    STREAM_ERROR_FIRST = "stream_error_first"
    STREAM_MANY_PINGS = "stream_many_pings"
    STREAM_UNKNOWN_KINDS = "stream_unknown_kinds"
    STREAM_MALFORMED = "stream_malformed"
    STREAM_OUT_OF_ORDER = "stream_out_of_order"

    REFUSAL = "refusal"
    REFUSAL_HALF_WAY = "refusal_half_way"
    REFUSAL_UNNAMED = "refusal_unnamed"
    MAX_TOKENS = "max_tokens"
    CONTEXT_WINDOW = "context_window"
    PAUSED = "paused"
    UNKNOWN_STOP = "unknown_stop"
    NO_WORDS = "no_words"
    THOUGHT = "thought"

    BATCH_MIXED = "batch_mixed"
    BATCH_EXPIRED = "batch_expired"
    BATCH_ERRORED = "batch_errored"
    BATCH_GONE = "batch_gone"
    BATCH_ARCHIVED = "batch_archived"
    RESULTS_CUT = "results_cut"
    RESULTS_RESET = "results_reset"
    RESULTS_STALL = "results_stall"
    RESULTS_LAST_LINE_CUT = "results_last_line_cut"
    RESULTS_ONE_MISSING = "results_one_missing"
    RESULTS_ONE_UNASKED = "results_one_unasked"
    RESULTS_ONE_TWICE = "results_one_twice"
    RESULTS_ELSEWHERE = "results_elsewhere"


HOUR = 3600
SOON = timedelta(seconds=90)
"""How far ahead the date of ``RATE_LIMITED_UNTIL`` is."""


def _rate_limited(
    headers: Mapping[str, str], code: str | None = None, until: timedelta | None = None, message: str = ""
) -> Course:
    message = message or "This request would exceed the rate limit for your organization."
    return Course(refused=Refused(429, "rate_limit_error", message, code, headers, until))


def _refused(status: int, kind: str, message: str, code: str | None = None, **headers: str) -> Course:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Course(refused=Refused(status, kind, message, code, named))


def _delivered(delivery: Delivery) -> Course:
    return Course(delivery=delivery)


def _stopped(reason: str, share: float, category: str | None = None, explanation: str | None = None) -> Course:
    return Course(at=OF_MESSAGES | {Endpoint.BATCH}, stop=Stop(reason, share, category, explanation))


_LLM = "This request may assist the development of competing models."

COURSES: Mapping[Scenario, Course] = {
    Scenario.PLAIN: PLAIN,
    # Statuses other than 200.
    Scenario.BAD_REQUEST: _refused(400, "invalid_request_error", "max_tokens: must be at least 1"),
    Scenario.LOW_CREDIT: _refused(
        400,
        "invalid_request_error",
        "Your credit balance is too low to access the Anthropic API. "
        "Please go to Plans & Billing to upgrade or purchase credits.",
    ),
    Scenario.ON_HOLD: _refused(
        400, "invalid_request_error", "This organization has been disabled.", "organization_on_hold"
    ),
    Scenario.UNAUTHORIZED: _refused(401, "authentication_error", "invalid bearer token"),
    Scenario.PAYMENT_REQUIRED: _refused(402, "billing_error", "There is an issue with your payment information."),
    Scenario.LINKED_SPEND_LIMIT: _refused(
        402, "billing_error", "The linked organization cannot be billed.", "linked_organization_spend_limit_reached"
    ),
    Scenario.FORBIDDEN: _refused(403, "permission_error", "Your key may not use this model."),
    Scenario.NOT_FOUND: _refused(404, "not_found_error", "model: no-such-model"),
    Scenario.REQUEST_TIMEOUT: _refused(408, "timeout_error", "The request took too long to arrive."),
    Scenario.CONFLICT: _refused(409, "conflict_error", "The resource was changed meanwhile."),
    Scenario.TOO_LARGE: _refused(413, "request_too_large", "Request exceeds the maximum allowed number of bytes."),
    Scenario.TOO_LARGE_PAGE: Course(refused=Refused(413, "", "Request Entity Too Large", page=True)),
    Scenario.UNPROCESSABLE: _refused(422, "invalid_request_error", "The request cannot be processed."),
    Scenario.RATE_LIMITED: _rate_limited({"retry-after": "1"}),
    Scenario.RATE_LIMITED_BRIEFLY: _rate_limited({"retry-after-ms": "20", "retry-after": "1"}),
    Scenario.RATE_LIMITED_AN_HOUR: _rate_limited({"retry-after": str(HOUR)}),
    Scenario.RATE_LIMITED_UNTIL: _rate_limited({}, until=SOON),
    Scenario.RATE_LIMITED_SILENTLY: _rate_limited({}),
    Scenario.RATE_LIMITED_ODDLY: _rate_limited({"retry-after": "a while"}),
    Scenario.SPEND_LIMIT: _rate_limited(
        {}, "enforced_spend_limit_reached", message="You have reached the usage threshold of your tier."
    ),
    Scenario.CONTRACT_SPEND_LIMIT: _rate_limited(
        {"x-should-retry": "false"},
        "contract_spend_limit_reached",
        message="You have reached the spend limit of your contract.",
    ),
    Scenario.RAMP_LIMIT: _rate_limited(
        {"retry-after": "30"}, "ramp_limit_exceeded", message="Your usage is growing too fast."
    ),
    Scenario.SERVER_ERROR: _refused(500, "api_error", "Internal server error"),
    Scenario.SERVER_ERROR_NO_RETRY: _refused(500, "api_error", "Internal server error", x_should_retry="false"),
    Scenario.BAD_GATEWAY: Course(refused=Refused(502, "", "Bad Gateway", page=True)),
    Scenario.UNAVAILABLE_PAGE: Course(refused=Refused(503, "", "Service Temporarily Unavailable", page=True)),
    Scenario.GATEWAY_TIMEOUT: _refused(504, "timeout_error", "The request took too long."),
    Scenario.OVERLOADED: _refused(529, "overloaded_error", "Overloaded"),
    Scenario.OVERLOADED_NO_RETRY: _refused(529, "overloaded_error", "Overloaded", x_should_retry="false"),
    Scenario.REDIRECTED: Course(redirected=True),
    # How the bytes come.
    Scenario.CLOSED_AT_ONCE: _delivered(Delivery.CLOSED_AT_ONCE),
    Scenario.RESET_AT_ONCE: _delivered(Delivery.RESET_AT_ONCE),
    Scenario.STALL_AT_ONCE: _delivered(Delivery.STALL_AT_ONCE),
    Scenario.DRIP: _delivered(Delivery.DRIP),
    Scenario.CUT: _delivered(Delivery.CUT),
    Scenario.RESET: _delivered(Delivery.RESET),
    Scenario.STALL: _delivered(Delivery.STALL),
    # What stands in an answer of status 200.
    Scenario.MALFORMED: Course(content=Content.MALFORMED),
    Scenario.NOT_UTF8: Course(content=Content.NOT_UTF8),
    Scenario.EMPTY: Course(content=Content.EMPTY),
    Scenario.HTML: Course(content=Content.HTML),
    Scenario.FIELDS_MISSING: Course(content=Content.FIELDS_MISSING),
    Scenario.ANOTHER_SHAPE: Course(content=Content.ANOTHER_SHAPE),
    # What a stream is made of; without a stream the answer is whole.
    Scenario.STREAM_WITHOUT_STOP: Course(at=OF_MESSAGES, events=Events.WITHOUT_STOP),
    Scenario.STREAM_ENDS_MID_EVENT: Course(at=OF_MESSAGES, events=Events.MID_EVENT),
    Scenario.STREAM_ERROR: Course(at=OF_MESSAGES, events=Events.ERROR),
    Scenario.STREAM_ERROR_FIRST: Course(at=OF_MESSAGES, events=Events.ERROR_FIRST),
    Scenario.STREAM_MANY_PINGS: Course(at=OF_MESSAGES, events=Events.MANY_PINGS),
    Scenario.STREAM_UNKNOWN_KINDS: Course(at=OF_MESSAGES, events=Events.UNKNOWN_KINDS),
    Scenario.STREAM_MALFORMED: Course(at=OF_MESSAGES, events=Events.MALFORMED),
    Scenario.STREAM_OUT_OF_ORDER: Course(at=OF_MESSAGES, events=Events.OUT_OF_ORDER),
    # Why the words end.
    Scenario.REFUSAL: _stopped("refusal", 0.0, "frontier_llm", _LLM),
    Scenario.REFUSAL_HALF_WAY: _stopped("refusal", 0.5, "frontier_llm", _LLM),
    Scenario.REFUSAL_UNNAMED: _stopped("refusal", 0.0),
    Scenario.MAX_TOKENS: _stopped("max_tokens", 0.5),
    Scenario.CONTEXT_WINDOW: _stopped("model_context_window_exceeded", 0.5),
    Scenario.PAUSED: _stopped("pause_turn", 0.5),
    Scenario.UNKNOWN_STOP: _stopped("tired", 0.5),
    Scenario.NO_WORDS: _stopped("end_turn", 0.0),
    Scenario.THOUGHT: Course(at=OF_MESSAGES, thought="Which of these sentences would not hold in production?"),
    # What becomes of a batch.
    Scenario.BATCH_MIXED: Course(fates=tuple(Fate)),
    Scenario.BATCH_EXPIRED: Course(fates=(Fate.EXPIRED,)),
    Scenario.BATCH_ERRORED: Course(fates=(Fate.ERRORED,)),
    Scenario.BATCH_GONE: Course(
        at=OF_ONE_BATCH, refused=Refused(404, "not_found_error", "There is no batch of this name.")
    ),
    Scenario.BATCH_ARCHIVED: Course(results=Results.ARCHIVED),
    Scenario.RESULTS_CUT: Course(at=frozenset({Endpoint.BATCH_RESULTS}), delivery=Delivery.CUT),
    Scenario.RESULTS_RESET: Course(at=frozenset({Endpoint.BATCH_RESULTS}), delivery=Delivery.RESET),
    Scenario.RESULTS_STALL: Course(at=frozenset({Endpoint.BATCH_RESULTS}), delivery=Delivery.STALL),
    Scenario.RESULTS_LAST_LINE_CUT: Course(results=Results.LAST_LINE_CUT),
    Scenario.RESULTS_ONE_MISSING: Course(results=Results.ONE_MISSING),
    Scenario.RESULTS_ONE_UNASKED: Course(results=Results.ONE_UNASKED),
    Scenario.RESULTS_ONE_TWICE: Course(results=Results.ONE_TWICE),
    Scenario.RESULTS_ELSEWHERE: Course(results=Results.ELSEWHERE),
}
"""What each scenario is."""
