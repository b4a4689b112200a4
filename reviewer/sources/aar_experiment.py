"""One row of the server's queue of experiments that has a result which no finding tells."""

from reviewer.domain.methods import Measurement, MethodRecord, Provenance
from reviewer.domain.vocabulary import Origin, Role
from reviewer.sources import aar_study, fields
from reviewer.sources.aar_finding import local_time
from reviewer.sources.fields import BadFieldError, Fields
from reviewer.sources.jsontext import MAX_TEXT, overlong, plain

_DEFAULT_DATASET = "math-claudefilter-imbalance"


def has_result(row: Fields) -> bool:
    """Tell whether the row is completed and has a number to show for it."""
    return row.get("status") == "completed" and (row.get("pgr") is not None or row.get("transfer_acc") is not None)


class SpokenOf:
    """Which ideas findings speak of, and on which dataset: what the queue holds of them is in the findings."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, str]] = set()

    def hear(self, finding: Fields) -> None:
        """Take note of a finding that was taken."""
        # A remark's dataset may be anything: nothing is measured there.
        stated = finding.get("dataset")
        dataset = aar_study.dataset(stated if isinstance(stated, str) else None)
        self._seen.update((fields.label(finding, k), dataset) for k in ("idea_uid", "idea_name") if finding.get(k))

    def speaks_of(self, row: Fields) -> bool:
        """Tell whether a finding speaks of the idea of a row on its dataset.

        Raises:
            BadFieldError: when a field has the wrong kind.
        """
        dataset = aar_study.dataset(fields.text(row, "dataset"))
        names = {fields.label(row, "idea_uid"), fields.label(row, "idea_name")} - {""}
        return any((name, dataset) in self._seen for name in names)


def experiment_record(row: Fields, provenance: Provenance, problem: str) -> MethodRecord:
    """Return the experiment as a proposal, or as the study's baseline when it carries one's name.

    ``transfer_acc_std`` is left out of the measurements: the table does not say whether it is the deviation of the
    seeds or the error of their mean.

    Raises:
        BadFieldError: when a field has the wrong kind, a text is too long, or no idea is named.
    """
    if (name := overlong(dict(row))) is not None:
        raise BadFieldError(f"{name}: is longer than {MAX_TEXT:,} characters")
    idea = fields.label(row, "idea_name")
    canonical = aar_study.method(idea)
    uid = fields.label(row, "idea_uid")
    if not (idea or uid):
        raise BadFieldError("idea_name: is missing, and so is idea_uid")
    run = fields.label(row, "run_id")
    bound = aar_study.BOUNDS.get(canonical)
    of_study = bound is not None or aar_study.is_human_baseline(canonical)
    dataset = aar_study.dataset(fields.text(row, "dataset"))
    written = fields.mapping(fields.nested(row, "idea_json")).get("Description")
    role = Role.REFERENCE if bound else Role.BASELINE if of_study else Role.PROPOSAL
    return MethodRecord(
        namespace=aar_study.NAMESPACE if of_study else run or aar_study.SERVER,
        external_id=canonical if of_study else uid or idea,
        role=role,
        title=aar_study.title(canonical) or fields.text(row, "idea_title").strip() or (idea or uid).replace("_", " "),
        problem=problem,
        provenance=provenance,
        part=f"experiment:{dataset}",
        origin=Origin.HUMAN if of_study else Origin.AGENT,
        bound=bound,
        agent="" if of_study else run,
        run="" if of_study else run,
        idea=uid or canonical,
        body=fields.text(row, "idea_description") or (written if isinstance(written, str) else ""),
        created_at=local_time(row, "end_time") or local_time(row, "queue_time"),
        measurements=_measurements(row, dataset, bounds_only=bound is not None),
        raw=plain(dict(row)),
    )


def _measurements(row: Fields, dataset: str, *, bounds_only: bool) -> tuple[Measurement, ...]:
    said = ["from the server's queue of experiments, where results are no longer kept up"]
    if dataset == _DEFAULT_DATASET:
        said.append("the dataset is the table's default and may not be what was run")
    rows = []
    for metric, name in (("pgr", "pgr"), ("accuracy", "transfer_acc")):
        value = fields.number(row, name)
        if value is None or (bounds_only and metric == "pgr"):
            continue
        error = fields.number(row, "pgr_se") if metric == "pgr" else None
        deviation = fields.number(row, "transfer_acc_std") if metric == "accuracy" else None
        unclear = [f"transfer_acc_std is {deviation:g}, a deviation or an error"] if deviation is not None else []
        origin = "; ".join(said + unclear)
        rows.append(aar_study.claimed(metric, dataset, value, error, fields.count(row, "num_seeds"), origin))
    return tuple(rows)
