"""What each part of the API answers to a request, where nothing is wrong with the way there and back."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tests.critic.fake_api import replies
from tests.critic.fake_api.batches import Batch
from tests.critic.fake_api.catalogue import of_stages, page
from tests.critic.fake_api.checking import faults_of_batch, faults_of_message
from tests.critic.fake_api.courses import Content, Course, Refused, Results
from tests.critic.fake_api.endpoints import OF_ONE_BATCH, Endpoint
from tests.critic.fake_api.replies import Reply
from tests.critic.fake_api.requests import Request
from tests.critic.fake_api.sse import stream_of
from tests.critic.fake_api.tokens import count

if TYPE_CHECKING:
    from tests.critic.fake_api.server import FakeApi

Route = Callable[["FakeApi", Request, Course], Reply]

_NO_KEY = Refused(401, "authentication_error", "x-api-key or authorization: header is required")
_NO_VERSION = Refused(400, "invalid_request_error", "anthropic-version: header is required")
_NO_PATH = Refused(404, "not_found_error", "Not Found")
_NO_RESULTS = Refused(404, "not_found_error", "The results of this batch are not there.")


def reply_to(api: "FakeApi", request: Request, course: Course) -> Reply:
    """Return the answer to a request under a scenario."""
    if course.refused is not None:
        return replies.refusal(course.refused)
    if course.redirected:
        return replies.redirection(f"{_elsewhere(api).url()}/v1{request.target.partition('/v1')[2]}")
    if request.endpoint is None:
        return replies.refusal(_NO_PATH)
    if not request.key:
        return replies.refusal(_NO_KEY)
    if "anthropic-version" not in request.headers:
        return replies.refusal(_NO_VERSION)
    reply = _ROUTES[request.endpoint](api, request, course)
    return reply if course.content is Content.AS_ASKED else replies.spoilt(reply, course.content)


def _message(api: "FakeApi", request: Request, course: Course) -> Reply:
    if faults := faults_of_message(request.body):
        return _wrong(faults)
    message = api.say(request.body, course, "standard")
    if not request.body.get("stream"):
        return replies.as_json(message.as_json())
    name = replies.request_id()
    return replies.stream(stream_of(message, api.deltas, course.events, name), name, api.delta_seconds)


def _count(_: "FakeApi", request: Request, __: Course) -> Reply:
    if faults := faults_of_message(request.body, only_counted=True):
        return _wrong(faults)
    return replies.as_json({"input_tokens": count(request.body)})


def _models(api: "FakeApi", request: Request, _: Course) -> Reply:
    return replies.as_json(page(of_stages(api.models, request.query), request.query))


def _model(api: "FakeApi", request: Request, _: Course) -> Reply:
    for each in api.models:
        if each["id"] == request.name:
            return replies.as_json(each)
    return _unknown(f"model: {request.name}")


def _create(api: "FakeApi", request: Request, course: Course) -> Reply:
    if faults := faults_of_batch(request.body):
        return _wrong(faults)
    return _batch_reply(api, request, course, api.batches.create(request.body["requests"]))


def _list(api: "FakeApi", request: Request, course: Course) -> Reply:
    told = [api.batches.as_json(each, course, _results_url(api, request, course, each)) for each in api.batches.all()]
    return replies.as_json(page(told, request.query))


def _of_batch(api: "FakeApi", request: Request, course: Course) -> Reply:
    batch = api.batches.get(request.name)
    if batch is None:
        return _unknown(f"batch: {request.name}")
    match request.endpoint:
        case Endpoint.BATCH:
            api.batches.poll(batch, course, api.say)
        case Endpoint.BATCH_CANCEL:
            api.batches.cancel(batch)
        case Endpoint.BATCH_RESULTS:
            return _results(api, course, batch)
        case Endpoint.BATCH_DELETE:
            return _delete(api, batch)
    return _batch_reply(api, request, course, batch)


def _delete(api: "FakeApi", batch: Batch) -> Reply:
    if batch.ended_at is None:
        return _wrong([f"batch: {batch.id} has not ended"])
    api.batches.delete(batch.id)
    return replies.as_json({"type": "message_batch_deleted", "id": batch.id})


def _results(api: "FakeApi", course: Course, batch: Batch) -> Reply:
    if batch.ended_at is None or api.batches.archived(batch, course):
        return replies.refusal(_NO_RESULTS)
    rows = api.batches.results(batch, course)
    return replies.lines(rows, last_cut=course.results is Results.LAST_LINE_CUT)


def _batch_reply(api: "FakeApi", request: Request, course: Course, batch: Batch) -> Reply:
    return replies.as_json(api.batches.as_json(batch, course, _results_url(api, request, course, batch)))


def _results_url(api: "FakeApi", request: Request, course: Course, batch: Batch) -> str:
    host = _elsewhere(api) if course.results is Results.ELSEWHERE else api
    return f"{host.url(request.scenario)}/v1/messages/batches/{batch.id}/results"


def _elsewhere(api: "FakeApi") -> "FakeApi":
    if api.elsewhere is None:
        raise ValueError("a scenario leads elsewhere only where `elsewhere` says to which server")
    return api.elsewhere


def _wrong(faults: list[str]) -> Reply:
    return replies.refusal(Refused(400, "invalid_request_error", faults[0]))


def _unknown(what: str) -> Reply:
    return replies.refusal(Refused(404, "not_found_error", what))


_ROUTES: Mapping[Endpoint, Route] = {
    Endpoint.MESSAGES: _message,
    Endpoint.COUNT_TOKENS: _count,
    Endpoint.MODELS: _models,
    Endpoint.MODEL: _model,
    Endpoint.BATCH_CREATE: _create,
    Endpoint.BATCH_LIST: _list,
    **dict.fromkeys(OF_ONE_BATCH, _of_batch),
}
