"""The study's cached results: ``{dataset}_{method}/{config}/seed_N.json``, one file for each seed.

The files of one folder become one method with its per-seed values. Dataset, method and seed are what the *path* says:
many files were copied and edited by hand, and name another method or seed inside. What disagrees is told in the body.

``transfer_acc`` is the method's accuracy. The top-level ``strong_acc`` is the ceiling's, and so is the method's own
only under ``train_ceiling``; ``weak_acc`` is the floor's, and its own only under ``weak_artifacts``. Within
``detailed_eval`` the word ``strong`` means the student, that is the method.

Means and standard errors (sample deviation / √n) are computed here, so their basis is ``recomputed``; the value of
one seed is the file's own claim, except where PGR had to be computed from the file's accuracies.

The floor and the ceiling that the files state as fixed are kept beside those (``aar_fixed``).

Two config folders of one dataset and method are two methods: the one with the shortest folder name keeps the method's
plain id, the others get `` [config]`` after it.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import MethodRecord, Provenance, Reject
from reviewer.domain.vocabulary import Origin, Role
from reviewer.sources import aar_study
from reviewer.sources.aar_fixed import FixedEnds
from reviewer.sources.aar_seed import SeedFile, seed_file
from reviewer.sources.aar_seed_means import measurements
from reviewer.sources.contract import FieldMeaning, Head, Plan, Progress, Record, Source, no_progress
from reviewer.sources.fields import BadFieldError
from reviewer.sources.files import files_under, readable_head, require, sha256_of, size_of
from reviewer.sources.jsontext import BadJsonError, excerpt, parse_file, plain

NAME = "aar-cache"
_FILE_NAME = re.compile(r"seed_(\d{1,9})\.json")
_KEYS = re.compile(rb'"(?:transfer_acc|weak_acc|strong_acc)"\s*:')


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder of one config, and what its path says: the dataset, the method, the config."""

    path: Path
    dataset: str
    method: str
    config: str


def recognise(head: Head) -> bool:
    """Tell whether the file holds the result of one seed: an object with one of the accuracies, named by its seed."""
    start = head.start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return bool(_FILE_NAME.fullmatch(head.path.name)) and start.startswith(b"{") and bool(_KEYS.search(start))


def plan(path: Path, *, problem: str | None = None) -> Plan:
    """Plan to read every ``seed_N.json`` beneath a folder, or one alone; a damaged one is rejected when it is read.

    Raises:
        SourceError: when there is none.
    """
    files = tuple(sorted((f for f in files_under(require(path)) if _FILE_NAME.fullmatch(f.name)), key=_order))
    if not any((head := readable_head(f)) is not None and recognise(head) for f in files):
        raise SourceError(f"{path}: holds no cached results; seed_N.json files with transfer_acc were looked for.")
    return Plan(NAME, path, files, aar_study.NAMESPACE, problem, size_of(files))


def read(plan: Plan, progress: Progress = no_progress) -> Iterator[Record]:
    """Yield one method for each folder of seeds, and before the first the problem."""
    yield from aar_study.after_problem(plan.problem, _records(plan, progress))


def _records(plan: Plan, progress: Progress) -> Iterator[Record]:
    slug = plan.problem or aar_study.SLUG
    groups: dict[Path, list[Path]] = defaultdict(list)
    for file in plan.files:
        groups[file.parent].append(file)
    done = 0
    fixed = FixedEnds()
    folders = {path: _locate(path, files) for path, files in groups.items()}
    plain_ids = _plain_ids(f for f in folders.values() if f is not None)
    for path, files in groups.items():
        folder = folders[path]
        if folder is None:
            yield Reject(str(path), "", "the folder's name does not say dataset and method, as chat_vanilla_w2s does")
        else:
            yield from _read_folder(folder, files, slug, fixed, plain=folder.path in plain_ids)
        done += size_of(tuple(files))
        progress(done)
    yield from fixed.records(slug, str(plan.path))


def _read_folder(folder: Folder, files: list[Path], problem: str, fixed: FixedEnds, *, plain: bool) -> Iterator[Record]:
    seeds: list[SeedFile] = []
    digest = hashlib.sha256()
    for path in files:
        try:
            value, _ = parse_file(path)
            seeds.append(seed_file(value, path.name, _seed(path), folder.method))
            digest.update(f"{path.name} {sha256_of(path)}\n".encode())
        except (BadJsonError, BadFieldError, SourceError) as error:
            yield Reject(str(path), path.name, str(error))
    if seeds:
        fixed.note(folder.dataset, folder.method, seeds)
        yield _method(folder, seeds, problem, digest.hexdigest(), plain=plain)


def _method(folder: Folder, seeds: list[SeedFile], problem: str, digest: str, *, plain: bool) -> MethodRecord:
    name = folder.method
    bound = aar_study.BOUNDS.get(name)
    title = aar_study.title(name) or name.replace("_", " ").strip().capitalize()
    place = seeds[0].name if len(seeds) == 1 else f"{seeds[0].name} to {seeds[-1].name} ({len(seeds)} files)"
    return MethodRecord(
        namespace=aar_study.NAMESPACE,
        external_id=name if plain else f"{name} [{folder.config}]",
        role=Role.REFERENCE if bound else Role.BASELINE,
        title=title if plain else f"{title} [{folder.config}]",
        problem=problem,
        provenance=Provenance(str(folder.path), digest, place),
        part=f"cache:{folder.dataset}",
        origin=Origin.HUMAN if bound or aar_study.is_human_baseline(name) else Origin.UNKNOWN,
        bound=bound,
        idea=name,
        body=_body(folder, seeds),
        measurements=measurements(folder.dataset, folder.method, seeds, with_pgr=bound is None),
        raw={seed.name: _raw(seed.record) for seed in seeds},
    )


def _body(folder: Folder, seeds: list[SeedFile]) -> str:
    """Return the method text: what is known of the method, the config of its runs, and what is odd about the files."""
    paragraphs = [aar_study.description(folder.method)] if aar_study.description(folder.method) else []
    used = {k: v for k, v in seeds[0].record.items() if k in ("weak_model", "strong_model") and isinstance(v, str)}
    config = {k: v for k, v in seeds[0].config.items() if k != "seed"} | used
    rows = "\n".join(f"- {k}: {_short(v)}" for k, v in config.items())
    if rows:
        paragraphs.append(f"### Configuration on {folder.dataset}\n\n{rows}")
    oddities = [note for seed in seeds for note in seed.oddities(folder.method, folder.dataset)]
    if oddities:
        paragraphs.append("### Notes on the files\n\n" + "\n".join(f"- {note}" for note in oddities))
    return "\n\n".join(paragraphs)


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else excerpt(value)
    return text if len(text) <= 200 else text[:199] + "…"


def _raw(record: dict[str, Any]) -> Any:
    """Return the file's record without its thousands of soft labels, which say nothing to a reviewer."""
    labels = record.get("soft_labels")
    kept = {**record, "soft_labels": []} if isinstance(labels, list) and len(labels) > 100 else record
    return plain(kept)


def _locate(path: Path, files: list[Path]) -> Folder | None:
    """Return what a folder's path says, by known dataset names first, then by the name inside a file."""
    absolute = path.absolute()
    for folder in (absolute, absolute.parent):
        if (split := aar_study.split_dataset(folder.name)) is not None:
            return _folder(path, folder, *split)
    inside = next(filter(None, map(_dataset_inside, files)), "")
    for folder in (absolute, absolute.parent):
        if inside and folder.name.startswith(f"{inside}_"):
            return _folder(path, folder, inside, folder.name.removeprefix(f"{inside}_"))
    dataset, _, method = absolute.parent.name.partition("_")
    return _folder(path, absolute.parent, dataset, method) if dataset and method else None


def _folder(path: Path, named: Path, dataset: str, method: str) -> Folder:
    config = "" if named == path.absolute() else path.absolute().name
    return Folder(path, aar_study.dataset(dataset), aar_study.method(method), config)


def _dataset_inside(file: Path) -> str:
    try:
        value, _ = parse_file(file)
    except BadJsonError:
        return ""
    name = value.get("dataset_name") if isinstance(value, dict) else None
    return name if isinstance(name, str) else ""


def _plain_ids(folders: Iterator[Folder]) -> set[Path]:
    """Return which folders keep their method's plain id: of each dataset and method the one named shortest."""
    groups: dict[tuple[str, str], list[Folder]] = defaultdict(list)
    for folder in folders:
        groups[folder.dataset, folder.method].append(folder)
    return {min(g, key=lambda f: (len(f.config), f.config, str(f.path))).path for g in groups.values()}


def _seed(path: Path) -> int:
    found = _FILE_NAME.fullmatch(path.name)
    return int(found[1]) if found else -1


def _order(path: Path) -> tuple[str, int]:
    return str(path.parent), _seed(path)


SOURCE = Source(
    NAME,
    "Cached per-seed results of the weak-to-strong study (seed_N.json)",
    together=True,
    recognise=recognise,
    plan=plan,
    read=read,
    beside=(".json",),
    sign="is called seed_N.json and is an object with transfer_acc, weak_acc or strong_acc; dataset and method are "
    "what its folders are called",
    fields=(
        FieldMeaning("transfer_acc", "the accuracy of one seed, and with the folder's others a mean with its error"),
        FieldMeaning("weak_acc, strong_acc", "the accuracy under weak_artifacts (a floor) and train_ceiling"),
        FieldMeaning("pgr", "the PGR of the seed; where it is missing it is computed, if it can be"),
        FieldMeaning("fixed_weak_baseline, fixed_strong_baseline", "further values of floor and ceiling, claimed"),
        FieldMeaning("detailed_eval", "counts of right answers, accuracy by subset, shares of answers"),
        FieldMeaning("step1_data_loading", "its test_samples: how many were tested, where no counts are given"),
        FieldMeaning("config, weak_model, strong_model", "the text: how it was configured"),
        FieldMeaning("seed, idea_name, dataset_name", "told where they are not what the path says, which counts"),
        FieldMeaning("total_training_time, training_time", "how long the seed's run took"),
    ),
    cannot_know=(
        "in which setting anything was measured: --setting tells it",
        "a proposal: all of it is a baseline, a floor or a ceiling",
        "who made a method that is none of the study's own: its origin is unknown",
        "when anything was run",
    ),
    example='{"transfer_acc": 0.712, "pgr": 0.23, "seed": 42, "config": {"epochs": 2}}\n',
    example_name="chat_vanilla_w2s/default/seed_42.json",
    shares_ids=aar_study.shares_ids,
    ids=aar_study.IDS,
)
