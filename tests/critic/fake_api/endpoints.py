"""The parts of the API that the fake has."""

import re
from enum import StrEnum


class Endpoint(StrEnum):
    """A method and a path of the API; ``{id}`` stands for one name."""

    MESSAGES = "POST /v1/messages"
    COUNT_TOKENS = "POST /v1/messages/count_tokens"
    MODELS = "GET /v1/models"
    MODEL = "GET /v1/models/{id}"
    BATCH_CREATE = "POST /v1/messages/batches"
    BATCH_LIST = "GET /v1/messages/batches"
    BATCH = "GET /v1/messages/batches/{id}"
    BATCH_RESULTS = "GET /v1/messages/batches/{id}/results"
    BATCH_CANCEL = "POST /v1/messages/batches/{id}/cancel"
    BATCH_DELETE = "DELETE /v1/messages/batches/{id}"


EVERYWHERE = frozenset(Endpoint)
OF_MESSAGES = frozenset({Endpoint.MESSAGES})
OF_ONE_BATCH = frozenset({Endpoint.BATCH, Endpoint.BATCH_RESULTS, Endpoint.BATCH_CANCEL, Endpoint.BATCH_DELETE})

_PATTERNS = {each: re.compile(re.escape(each).replace(r"\{id\}", "([^/]+)")) for each in Endpoint}


def endpoint_of(method: str, path: str) -> tuple[Endpoint | None, str]:
    """Return the endpoint of a request and the name that its path asks after; None where the API has no such path."""
    for endpoint, pattern in _PATTERNS.items():
        if found := pattern.fullmatch(f"{method} {path}"):
            return endpoint, found.group(1) if pattern.groups else ""
    return None, ""
