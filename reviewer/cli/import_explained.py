"""``reviewer import --explain``: how files were recognised and what would become of them, told before it happens."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli.paragraphs import field_lines, paragraph
from reviewer.cli.progress_line import ProgressLine
from reviewer.cli.reading import is_missing, open_to_look, store_aside
from reviewer.domain.counted import counted
from reviewer.domain.errors import SourceError
from reviewer.domain.methods import UNNAMED_DATASET, Remark
from reviewer.domain.numbers import number
from reviewer.domain.text import safe_line
from reviewer.sources.contract import FieldMeaning
from reviewer.sources.registry import UnknownFormatError, offered
from reviewer.sources.table_map_meanings import meanings, unsaid
from reviewer.workflow.explaining import LOOKED_INTO, Explained, Explanation, OfFile, explain
from reviewer.workflow.tallying import DIRECTION_UNSAID

if TYPE_CHECKING:
    from reviewer.cli.import_ import AsTold
    from reviewer.store.prepared import PreparedMeasurement, PreparedMethod
    from reviewer.workflow.places import Places

FILES_TOLD = 20
REASONS_TOLD = 10
FIELDS_TOLD = 30
NAMES_TOLD = 12
LINES_OF_TEXT = 6
MEASUREMENTS_TOLD = 6


def explain_paths(
    places: "Places",
    paths: Sequence[Path],
    as_told: "AsTold",
    *,
    problem: str | None,
    format_name: str | None,
    maps: Path,
    as_json: bool,
) -> int:
    """Explain each path, and return the exit status that its import would have; nothing is written."""
    settings, told = as_told.parsed()
    status = 0
    explanations: list[dict[str, Any]] = []
    progress = ProgressLine()
    with store_aside() if is_missing(places.store) else closing(open_to_look(places.store)) as store:
        for place, path in enumerate(paths):
            if place and not as_json:
                click.echo("")
            try:
                found = explain(
                    store,
                    path,
                    problem=problem,
                    settings=settings,
                    told=told,
                    newer=as_told.newer,
                    stated=as_told.stated(),
                    format_name=format_name,
                    maps=maps,
                    progress=progress.show_how_far,
                )
            except SourceError as error:
                progress.clear()
                status = 2
                tried = _tried() if isinstance(error, UnknownFormatError) else []
                explanations.append({"path": str(path), "reason": str(error), "tried": tried})
                if not as_json:
                    _tell_refused(error, tried)
                continue
            progress.clear()
            report = found.report
            if (
                report.rejected
                or report.unused_settings
                or report.unused_metrics
                or report.unmet_baseline
                or report.unmet_run
            ):
                status = 2
            explanations.append(_as_data(found))
            if not as_json:
                for line in _told(found, format_name is not None):
                    click.echo(line)
    if as_json:
        from reviewer.cli.as_json import echo_json

        echo_json(explanations, indent=1)
    return status


def _tried() -> list[dict[str, str]]:
    return [{"format": each.source.name, "sign": each.source.sign} for each in offered()]


def _tell_refused(error: SourceError, tried: Sequence[Mapping[str, str]]) -> None:
    click.echo(paragraph(str(error)))
    if tried:
        click.echo("\nWhat was tried, and what each is known by:")
    for each in tried:
        click.echo(paragraph(f"{each['format']}: a file {each['sign'] or 'that it knows'}", 2, hang=2))


def _told(found: Explanation, is_named: bool) -> Iterator[str]:
    yield safe_line(str(found.path))
    for explained in found.formats:
        yield from _of_format(found, explained, is_named)
    report = found.report
    yield ""
    yield "In all:"
    yield paragraph(
        f"would be {report.new:,} new, {report.changed:,} changed, {report.unchanged:,} unchanged, "
        f"{report.rejected:,} rejected, in the store as it is now",
        2, hang=2,
    )  # fmt: skip
    for sentence in _unknown(found):
        yield paragraph(sentence, 2, hang=2)
    for sentence in report.sentences:
        if not sentence.startswith(DIRECTION_UNSAID):  # It is said above, with the option that tells it at import.
            yield paragraph(sentence, 2, hang=2)


def _of_format(found: Explanation, explained: Explained, is_named: bool) -> Iterator[str]:
    source, package = explained.offered
    brought = f", of the package {package}" if package else ""
    yield ""
    yield paragraph(f"{source.name}{brought}: {source.title}", hang=2)
    of = f"{counted(explained.n_files, 'file')}, known since each" if explained.n_files > 1 else "Known since it"
    how = "Read as this since --format says so" if is_named else f"{of} {source.sign or 'is one of its own'}"
    yield paragraph(f"{how}.", 2, hang=2)
    if explained.tried_before:
        yield paragraph(f"Tried before it, to no avail: {', '.join(explained.tried_before)}.", 2, hang=2)
    yield ""
    fields, cannot_know = _known(explained)
    yield "  What its fields become:" if explained.mapping is None else "  What its columns become, by the map:"
    yield from field_lines(fields, 4)
    if explained.untaken:
        yield paragraph(_untaken(explained), 4, hang=2)
    yield ""
    yield "  What would come:"
    sums = explained.sums()
    yield paragraph(
        f"{_counts(sums)}; {counted(explained.measurements, 'measurement')}"
        + (f", {explained.without_value:,} of them without a value" if explained.without_value else ""),
        4, hang=2,
    )  # fmt: skip
    if explained.problems:
        yield paragraph(f"described: {_listed('problem', explained.problems)}", 4, hang=2)
    yield from _files(found.path, explained)
    yield from _refusals(explained)
    if explained.first is not None:
        yield ""
        yield "  The first record, as it would be shown:"
        yield from _shown(explained.first)
    if cannot_know:
        yield ""
        whose = "no file of the format can say" if explained.mapping is None else "neither the table nor the map says"
        yield f"  What {whose}:"
        yield from (paragraph(text, 4, hang=2) for text in cannot_know)


def _known(explained: Explained) -> tuple[Sequence[FieldMeaning], Sequence[str]]:
    """Return what fields become, and what stays unknown: by the format, or for a table by its map."""
    if explained.mapping is None:
        return explained.offered.source.fields, explained.offered.source.cannot_know
    return meanings(explained.mapping), unsaid(explained.mapping)


def _counts(of: OfFile) -> str:
    return ", ".join(
        counted(n, thing)
        for n, thing in (
            (of.proposals, "proposal"), (of.baselines, "baseline"), (of.references, "reference"),
            (of.remarks, "remark"), (of.rejects, "reject"),
        )
    )  # fmt: skip


def _listed(thing: str, names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMES_TOLD:,} more" if len(names) > NAMES_TOLD else ""
    return f"{thing if len(names) == 1 else f'{thing}s'} {', '.join(names[:NAMES_TOLD])}{more}"


def _untaken(explained: Explained) -> str:
    fields = [f"{name} ({n:,})" for name, n in explained.untaken.most_common(FIELDS_TOLD)]
    more = len(explained.untaken) - len(fields)
    of = f" of the first {LOOKED_INTO:,} records" if explained.looked_into >= LOOKED_INTO else ""
    rest = f" and {more:,} more" if more else ""
    return f"Named by none of these, and kept in the raw record{of}: {', '.join(fields)}{rest}."


def _files(root: Path, explained: Explained) -> Iterator[str]:
    """Yield a line for each of the first files that something came of, where there are several."""
    if len(explained.files) < 2:
        return
    for name in list(explained.files)[:FILES_TOLD]:
        path = Path(name)
        shown = path.relative_to(root) if path.is_relative_to(root) and path != root else path
        yield paragraph(f"{shown}: {_some(explained.files[name])}", 4, hang=2)
    if (more := len(explained.files) - FILES_TOLD) > 0:
        yield f"    … and {counted(more, 'more place')} like these"


def _some(of: OfFile) -> str:
    """Return the counts that are not zero."""
    return ", ".join(counted(n, thing.removesuffix("s")) for thing, n in asdict(of).items() if n) or "nothing"


def _refusals(explained: Explained) -> Iterator[str]:
    kinds = sorted(explained.refusals.values(), key=lambda refusals: -refusals.n)
    for kind in kinds[:REASONS_TOLD]:
        first = kind.first
        place = ", ".join(part for part in (Path(first.file).name, first.place) if part)
        yield paragraph(f"rejected, {kind.n:,} of the kind: {first.reason} ({place})", 4, hang=2)
    if (more := len(kinds) - REASONS_TOLD) > 0:
        yield f"    … and {counted(more, 'more kind')} of reasons"


def _unknown(found: Explanation) -> Iterator[str]:
    """Yield a sentence for whatever the files leave unknown, with the option that tells it."""
    report = found.report
    if report.unknown_settings:
        datasets = [name for name in report.unknown_settings if name != UNNAMED_DATASET]
        of, what = (f"{datasets[0]}=", _names(datasets)) if datasets else ("", "it")
        yield f"Unknown: in which setting {what} was measured; `--setting {of}lab` tells it."
    if report.unknown_directions:
        example = f"--direction {report.unknown_directions[0]}=higher"
        yield f"Unknown: which way {_names(report.unknown_directions)} is better; `{example}` (or lower) tells it."
    for explained in found.formats:
        sums = explained.sums()
        named = explained.offered.source.told_baselines_by
        tells_roles = explained.mapping is not None and explained.mapping.tells_roles
        # Where neither files nor a map say it, the sentences of the import do, with how it is told.
        if sums.proposals and not sums.baselines and (tells_roles or not named):
            how = f"; `--baseline FIELD=VALUE` tells it, of {named}" if named else ""
            yield f"No baseline is in what was read as {explained.offered.source.name}{how}."


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMES_TOLD:,} more" if len(names) > NAMES_TOLD else ""
    return ", ".join(names[:NAMES_TOLD]) + more


def _shown(first: "PreparedMethod | Remark") -> Iterator[str]:
    if isinstance(first, Remark):
        yield paragraph(f"{first.kind} {first.namespace}/{first.external_id}, a remark: {first.title}", 4, hang=2)
        yield from _text(first.text)
        return
    role, origin, bound, title, agent, run, *_ = first.heading
    who = ", ".join(part for part in (agent or run, "" if origin == "unknown" else origin, bound) if part)
    yield paragraph(title, 4, hang=2)
    yield paragraph(
        f"{role} {first.namespace}/{first.external_id} of {first.problem}{f' ({who})' if who else ''}", 4, hang=2
    )
    yield paragraph(f"from {', '.join(part for part in (first.provenance[0], first.provenance[2]) if part)}", 4, hang=2)
    for measurement in first.measurements[:MEASUREMENTS_TOLD]:
        yield paragraph(_measured(measurement), 4, hang=2)
    if (more := len(first.measurements) - MEASUREMENTS_TOLD) > 0:
        yield f"    … and {counted(more, 'more measurement')}"
    yield from _text(first.body)


def _measured(m: "PreparedMeasurement") -> str:
    where = " ".join(part for part in (m.dataset, m.split, m.subset) if part)
    value = f"none ({m.missing})" if m.value is None else number(m.value).replace("-", "−")
    error = "" if m.standard_error is None else f" ± {number(m.standard_error)}"
    n = [counted(count, thing) for count, thing in ((m.n_seeds, "seed"), (m.n_test, "test example")) if count]
    return f"{m.metric} on {where}: {value}{error} ({', '.join([*n, f'setting {m.setting}', m.basis])})"


def _text(text: str) -> Iterator[str]:
    lines = [line for line in text.splitlines() if line.strip()]
    for line in lines[:LINES_OF_TEXT]:
        yield paragraph(safe_line(line, 300), 6)
    if len(lines) > LINES_OF_TEXT:
        yield f"      … and {counted(len(lines) - LINES_OF_TEXT, 'more line')}"


def _as_data(found: Explanation) -> dict[str, Any]:
    report = found.report
    return {
        "path": str(found.path),
        "formats": [
            {
                "format": explained.offered.source.name,
                "package": explained.offered.package or None,
                "sign": explained.offered.source.sign,
                "tried_before": list(explained.tried_before),
                "files": explained.n_files,
                **asdict(explained.sums()),
                "measurements": explained.measurements,
                "without_value": explained.without_value,
                "problems_described": explained.problems,
                "fields": [{"field": f, "becomes": becomes} for f, becomes in _known(explained)[0]],
                "fields_untaken": dict(explained.untaken),
                "cannot_know": list(_known(explained)[1]),
                "reasons": [
                    {"reason": kind.first.reason, "file": kind.first.file, "place": kind.first.place, "records": kind.n}
                    for kind in explained.refusals.values()
                ],
            }
            for explained in found.formats
        ],
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "rejected": report.rejected,
        "unknown_settings": list(report.unknown_settings),
        "unknown_directions": list(report.unknown_directions),
        "sentences": list(report.sentences),
    }
