"""One call for all constraints or one for each: tokens, cost, and what comes through, on the fake of the Messages API.

The proposals are those of the sample study for which an answer was recorded, and the answers are those: what Claude
would say in the one way and not in the other the fake cannot tell. What it can is what is sent, what of that is cached,
what an answer that breaks off takes with it, and whether all that was said is understood.
"""

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from reviewer.critic import sdk
from reviewer.critic.answers import BadAnswerError, answer_schema, read_answer
from reviewer.critic.calling import Heard, Limits, attempt
from reviewer.critic.key import Key
from reviewer.critic.prices import MICRO, Price, cost
from reviewer.critic.prompt import Material, Prompt, build_prompt
from reviewer.critic.recorded import recorded_answer, recorded_titles
from reviewer.domain.identity import utc_now
from reviewer.domain.rubrics import Rubric
from reviewer.domain.vocabulary import Role
from reviewer.store.methods import methods_of_role
from reviewer.store.migrations import open_store
from reviewer.store.problems import list_problems
from reviewer.workflow.critiquing import material_of
from reviewer.workflow.importing import run_import
from reviewer.workflow.rubrics import load_rubric
from tests.benchmarks.table import aligned
from tests.critic.fake_api.scenarios import Scenario
from tests.critic.fake_api.server import FakeApi
from tests.critic.fake_api.tokens import Body

ROUNDS, QUICK_ROUNDS = 20, 1
BROKEN = 0.1
"""Of so many calls the answer breaks off at the limit of its length, which is billed and of no use."""

PRICE = Price("claude-opus-5-5", 5.0, 25.0, "2026-11-29")
LIMITS = Limits(PRICE.model, "medium", 16_000, 60.0)
SAMPLES = Path(__file__).parents[2] / "sample_data"

Way = Callable[[Material, Rubric], Iterator[Prompt]]


def all_in_one(material: Material, rubric: Rubric) -> Iterator[Prompt]:
    """Yield the one request that the product sends."""
    yield build_prompt(material, rubric, None)


def one_each(material: Material, rubric: Rubric) -> Iterator[Prompt]:
    """Yield one request a constraint, the proposal last: the beginning is too short to be cached."""
    for constraint in rubric.constraints:
        yield build_prompt(material, replace(rubric, constraints=(constraint,)), None)


def one_each_cached(material: Material, rubric: Rubric) -> Iterator[Prompt]:
    """Yield one request a constraint, after a proposal that is cached: the form of the answer is the same for all.

    What stands in the last place is then no longer the proposal.
    """
    mark = f"{random.getrandbits(128):032x}"
    for each in one_each(material, rubric):
        prompt = build_prompt(material, replace(rubric, constraints=()), None, nonce=lambda: mark)
        instructions, asked = each.system
        proposal = prompt.messages[0]["content"][0] | {"cache_control": {"type": "ephemeral"}}
        constraint = {"type": "text", "text": asked["text"]}
        yield replace(
            each,
            system=(instructions,),
            messages=({"role": "user", "content": [proposal, constraint]},),
            schema=answer_schema([each.slug for each in rubric.constraints]),
        )


WAYS: dict[str, Way] = {
    "one call for all twelve": all_in_one,
    "one call each, the proposal last": one_each,
    "one call each, the proposal cached": one_each_cached,
}


@dataclass(slots=True)
class Told:
    """What all calls of a way came to; tokens as the fake counts them, a token for every few letters."""

    calls: int = 0
    plain: int = 0
    written: int = 0
    cached: int = 0
    output: int = 0
    micro: int = 0
    asked: int = 0
    answered: int = 0
    proposals: int = 0
    whole: int = 0
    quotes: list[bool] = field(default_factory=list)


def materials() -> list[Material]:
    """Return the proposals of the sample study for which an answer was recorded."""
    with TemporaryDirectory() as folder, closing(open_store(Path(folder) / "study.db")) as store:
        run_import(store, [SAMPLES], clock=utc_now)
        with store.read() as connection:
            methods = methods_of_role(connection, list_problems(connection)[0].id, Role.PROPOSAL)
        return [material_of(each) for each in methods if each.title in recorded_titles()]


def _say(said: dict[str, Any], _: Body) -> dict[str, Any]:
    return said


async def _tell(fake: FakeApi, way: Way, proposals: list[Material], rounds: int, broken: float) -> Told:
    rubric, told, chance = load_rubric(None), Told(), random.Random(1)
    await sdk.load()
    async with sdk.client_for(Key("sk-ant-of-a-benchmark", "a benchmark"), fake.url()) as client:
        for material in proposals * rounds:
            told.proposals += 1
            answered = asked = 0
            for prompt in way(material, rubric):
                slugs = list(prompt.constraints)
                said = recorded_answer(prompt.sent, slugs)
                asked += len(said["critiques"]) if said else 0
                fake.answer = partial(_say, said or {"critiques": []})
                if chance.random() < broken:
                    fake.next(Scenario.MAX_TOKENS)
                heard = Heard()
                failed = await attempt(client, prompt, LIMITS, heard)
                assert heard.usage is not None
                told.calls += 1
                told.plain += heard.usage.input
                told.written += heard.usage.cache_write_short
                told.cached += heard.usage.cache_read
                told.output += heard.usage.output
                told.micro += cost(heard.usage, PRICE)
                if failed is None:
                    try:
                        found = read_answer(heard.text, slugs, prompt.sent)
                    except BadAnswerError:
                        continue
                    answered += len(found)
                    told.quotes += [mode.verified for each in found for mode in each.failure_modes if mode.quote]
            told.asked += asked
            told.answered += answered
            told.whole += answered == asked
    return told


def compare(rounds: int, broken: float) -> dict[str, Told]:
    """Return what each way came to, ``broken`` of its calls without an answer of use."""
    proposals = materials()
    found = {}
    for name, way in WAYS.items():
        with FakeApi() as fake:
            found[name] = asyncio.run(_tell(fake, way, proposals, rounds, broken))
    return found


def markdown(rounds: int) -> str:
    """Return both tables as one: without failures, and with some."""
    lines = [
        ("way", "answers that break off", "calls a proposal", "input tokens a proposal: plain", "written to the cache",
         "read from it", "output tokens", "dollars a proposal", "constraints answered", "proposals answered whole",
         "quotes that hold"),
    ]  # fmt: skip
    for broken in (0.0, BROKEN):
        for name, told in compare(rounds, broken).items():
            many = told.proposals
            lines.append((
                name, f"{broken:.0%}", f"{told.calls / many:.0f}", f"{told.plain / many:,.0f}",
                f"{told.written / many:,.0f}", f"{told.cached / many:,.0f}", f"{told.output / many:,.0f}",
                f"{told.micro / MICRO / many:.4f}", f"{told.answered / told.asked:.1%}", f"{told.whole / many:.1%}",
                f"{sum(told.quotes)} of {len(told.quotes)}",
            ))  # fmt: skip
    return aligned(lines)
