"""Whether what is put back is such as a store of ours can have held: else what shows it later could not read it."""

import json
import math
from dataclasses import asdict
from datetime import date

from reviewer.domain.critiques import Usage
from reviewer.domain.identity import is_timestamp
from reviewer.domain.judgements import judgement_from_data
from reviewer.domain.vocabulary import Act, Result, Stage, Verdict
from reviewer.store.acts import Record
from reviewer.store.critic_batches import Status
from reviewer.store.turns import FIRST, NAMED

LARGEST_AMOUNT = 10**12
"""Millionths of a dollar that one attempt can have cost: sums of any number of them are numbers that SQLite has."""


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


def is_sound_critique(critique: Record) -> bool:
    """Return whether an attempt at asking Claude has times, tokens and amounts that what shows and adds them up can."""
    try:
        asked_about = json.loads(critique["constraints"])
        usage = None if critique["usage"] is None else json.loads(critique["usage"])
        tokens = [] if usage is None else asdict(Usage(**usage)).values()
    except (TypeError, ValueError):
        return False
    return (
        isinstance(asked_about, list)
        and all(isinstance(slug, str) for slug in asked_about)
        and all(isinstance(n, int) and 0 <= n <= LARGEST_AMOUNT for n in tokens)
        and all(n is None or 0 <= n <= LARGEST_AMOUNT for n in (critique["reserved"], critique["spent"]))
        and is_timestamp(critique["sent_at"])
        and (critique["ended_at"] is None or is_timestamp(critique["ended_at"]))
        and (critique["seconds"] is None or math.isfinite(critique["seconds"]))
    )


def is_sound_batch(batch: Record) -> bool:
    """Return whether a batch stands as one can, with times and numbers that what shows them can read."""
    return (
        batch["status"] in set(Status)
        and all(0 <= batch[name] <= LARGEST_AMOUNT for name in ("max_usd", "requests"))
        and is_timestamp(batch["made_at"])
        and is_timestamp(batch["status_at"])
    )


def is_sound_reading(reading: Record) -> bool:
    """Return whether a look at a critique has a time, and took one."""
    return is_timestamp(reading["shown_at"]) and math.isfinite(reading["seconds"])
