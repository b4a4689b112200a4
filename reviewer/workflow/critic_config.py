"""The table [critic] of the config: the model, its limits, the caps, and what models cost."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from reviewer.critic.prices import Price
from reviewer.critic.settings import EFFORTS, LONGEST_DEADLINE, CriticSettings
from reviewer.domain.errors import UserError
from reviewer.workflow.config_writing import remember


class WrongCriticEntryError(Exception):
    """An entry of the table does not belong there; the text says in whole sentences which and why."""

    def __init__(self, entry: str, sentence: str) -> None:
        super().__init__(sentence)
        self.entry = entry


def critic_settings(table: Any) -> CriticSettings:
    """Return what the table says, with the defaults for what it leaves out.

    Raises:
        ValueError: when it is no table; the message says what it must be.
        WrongCriticEntryError: when an entry does not belong in it, or has a value that it cannot have.
    """
    if not isinstance(table, dict):
        raise ValueError('a table: [critic] and below it lines such as model = "claude-…" or day_usd = 5')
    values: dict[str, Any] = {}
    for name, value in table.items():
        read = _ENTRIES.get(name)
        if read is None:
            raise WrongCriticEntryError(name, f"{name!r} is no setting of it. There are {', '.join(_ENTRIES)}.")
        try:
            values[name] = read(value)
        except ValueError as error:
            raise WrongCriticEntryError(name, f"{name} must be {error}.") from error
    return CriticSettings(**values)


def remember_price(path: Path, model: str, input_usd: float, output_usd: float, dated: date) -> Price:
    """Write into the config what a model costs, in dollars a million tokens; all else in it stays as it is.

    Raises:
        UserError: when it cannot be a price, or the config is broken or cannot be written.
    """
    said = {"input": input_usd, "output": output_usd, "dated": dated.isoformat()}
    try:
        _model(model)
    except ValueError as error:
        raise UserError("No model is called so; `reviewer critic models` lists those that there are.") from error
    try:
        price = _price(model, said)
    except ValueError as error:
        raise UserError(f"A price is {error}.") from error
    remember(path, critic={"prices": {price.model: said}})
    return price


def _model(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > 200:
        raise ValueError("the id of a model in quotes, as `reviewer critic models` lists them")
    return value.strip()


def _effort(value: Any) -> str:
    if value not in EFFORTS:
        raise ValueError("one of " + ", ".join(f'"{effort}"' for effort in EFFORTS))
    return str(value)


def _whole(least: int, most: int, what: str) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"a whole number of {what} from {least:,} to {most:,}, without quotes")
        return value

    return read


def _dollars(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1_000_000:
        raise ValueError("an amount in US dollars from 0 to 1,000,000, without quotes")
    return float(value)


def _prices(value: Any) -> tuple[Price, ...]:
    wanted = 'a table: [critic.prices."MODEL"] and below it input = 5, output = 25 and dated = "2026-11-29"'
    if not isinstance(value, dict) or not all(isinstance(each, dict) for each in value.values()):
        raise ValueError(wanted)
    return tuple(_price(model, each) for model, each in value.items())


def _price(model: str, said: Mapping[str, Any]) -> Price:
    wanted = (
        f"of {model}: input and output in US dollars a million tokens, from 0 to 1,000,000, and dated, such as "
        '"2026-11-29"'
    )
    if set(said) != {"input", "output", "dated"}:
        raise ValueError(wanted)
    try:
        dated = said["dated"] if isinstance(said["dated"], date) else date.fromisoformat(said["dated"])
        return Price(_model(model), _dollars(said["input"]), _dollars(said["output"]), dated.isoformat()[:10])
    except (TypeError, ValueError) as error:
        raise ValueError(wanted) from error


_ENTRIES: Mapping[str, Callable[[Any], Any]] = {
    "model": _model,
    "effort": _effort,
    "max_output_tokens": _whole(1_000, 128_000, "tokens"),
    "deadline_seconds": _whole(5, LONGEST_DEADLINE, "seconds"),
    "attempts": _whole(1, 10, "attempts"),
    "call_usd": _dollars,
    "day_usd": _dollars,
    "store_usd": _dollars,
    "prices": _prices,
}
