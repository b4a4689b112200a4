"""Whether what is put back is such as a store of ours can have held: else what shows it later could not read it."""

import json
from datetime import date

from reviewer.domain.identity import is_timestamp
from reviewer.domain.judgements import judgement_from_data
from reviewer.domain.vocabulary import Act, Result, Stage, Verdict
from reviewer.store.acts import Record
from reviewer.store.turns import FIRST, NAMED


def is_sound_event(event: Record) -> bool:
    """Return whether an event has a kind, a time and a judgement that what shows it later can read."""
    try:
        Act(event["kind"])
        if event.get("stage") is not None:
            Stage(event["stage"])
        judgement_from_data(json.loads(event["snapshot"]))
        visible = json.loads(event["visible"])
    except (LookupError, TypeError, ValueError, AttributeError):
        return False
    if not isinstance(visible, dict) or (visible.get(NAMED, FIRST) != FIRST and not is_timestamp(visible[NAMED])):
        return False
    return is_timestamp(event["created_at"])


def is_sound_outcome(outcome: Record) -> bool:
    """Return whether an outcome has a result, a day and a time that what shows it later can read."""
    try:
        if outcome["result"] is not None:
            Result(outcome["result"])
        if outcome["happened_on"] is not None:
            date.fromisoformat(outcome["happened_on"])
    except (TypeError, ValueError):
        return False
    return is_timestamp(outcome["recorded_at"])


def is_sound_adjudication(said: Record) -> bool:
    """Return whether what was said beside the judgements has a verdict and a time that what shows it can read."""
    try:
        if said["verdict"] is not None:
            Verdict(said["verdict"])
        judgements = json.loads(said["judgements"])
    except (TypeError, ValueError):
        return False
    return is_timestamp(said["recorded_at"]) and isinstance(judgements, list)
