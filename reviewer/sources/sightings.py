"""Noticing that one source gives the same id twice.

The same content again is harmless and passes. Different content under one id in one import is a doubt that no reader
can settle: the first one stands, the later one is refused and says where the first one is.
"""

from dataclasses import dataclass, field

from reviewer.domain.methods import MethodRecord, Provenance, Reject, Remark
from reviewer.sources.jsontext import excerpt


@dataclass
class Sightings:
    """The ids met so far, with the hash of what stood there and where. One for each reading of a plan."""

    _seen: dict[tuple[str, ...], tuple[str, Provenance]] = field(default_factory=dict)

    def admit(self, record: MethodRecord | Remark) -> MethodRecord | Remark | Reject:
        """Return the record, or a reject when its id stands for something else already."""
        if isinstance(record, MethodRecord):
            key: tuple[str, ...] = ("method", record.namespace, record.external_id, record.part)
        else:
            key = ("remark", record.namespace, record.external_id)
        digest = record.revision_hash()
        first, where = self._seen.setdefault(key, (digest, record.provenance))
        if first == digest:
            return record
        place = where.place if where.file == record.provenance.file else f"{where.place} in {where.file}"
        named = f"{record.external_id!r}" + (
            f" ({record.part})" if isinstance(record, MethodRecord) and record.part else ""
        )
        return Reject(
            record.provenance.file,
            record.provenance.place,
            f"has the same id as {place}, {named}, but says something else; the first one was taken",
            excerpt(record.raw),
        )
