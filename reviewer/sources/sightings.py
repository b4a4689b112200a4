"""Noticing that one source gives the same id twice.

The same content again is harmless and passes. Different content under one id in one import is a doubt that no reader
can settle: the first one stands, the later one is refused and says where the first one is.
"""

from dataclasses import dataclass, field

from reviewer.domain.methods import MethodRecord, Reject, Remark
from reviewer.sources.jsontext import excerpt
from reviewer.sources.texts_aside import TextsAside


@dataclass
class Sightings:
    """The ids met so far, with the hash of what stood there and where. One for each reading of a plan."""

    _seen: TextsAside = field(default_factory=TextsAside)

    def admit(self, record: MethodRecord | Remark) -> MethodRecord | Remark | Reject:
        """Return the record, or a reject when its id stands for something else already."""
        if isinstance(record, MethodRecord):
            key: tuple[str, ...] = ("method", record.namespace, record.external_id, record.part)
        else:
            key = ("remark", record.namespace, record.external_id)
        digest = record.revision_hash()
        first, first_place, first_file = self._seen.setdefault(
            key, f"{digest}\0{record.provenance.place}\0{record.provenance.file}"
        ).split("\0", 2)
        if first == digest:
            return record
        place = first_place if first_file == record.provenance.file else f"{first_place} in {first_file}"
        named = f"{record.external_id!r}" + (
            f" ({record.part})" if isinstance(record, MethodRecord) and record.part else ""
        )
        return Reject(
            record.provenance.file,
            record.provenance.place,
            f"has the same id as {place}, {named}, but says something else; the first one was taken",
            excerpt(record.raw),
        )
