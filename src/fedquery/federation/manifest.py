r"""Manifests: what a nation's node offers for a day at most, signed by the node.

    fedquery.manifest/v1 VN
    {"checkpoint":"...","contact":{...},"created_ms":...,"datasets":[...],"expires_ms":...,"kem_keys":[...],"policy":{...},"quota":{...}}

    — fedquery/VN/node <signature>

The second line is canonical JSON. Everything in it that others rely on is a leaf of the node's log,
with its proof in the checkpoint that stands beside it. A node that tells nothing of its policy
or its quota leaves that out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from fedquery.encoding import canonical_json
from fedquery.encoding.canonical_json import Json
from fedquery.errors import InputError, PeerError
from fedquery.federation import names
from fedquery.federation.ceilings import Ceilings
from fedquery.federation.offer import (
    MOST_DATASETS,
    MOST_KEMS,
    Offer,
    OfferedKem,
    integer,
    listed,
    malformed,
    members,
    string,
)
from fedquery.federation.policy_summary import PolicySummary

CAP: Final = 1024 * 1024
MOST_LIFE_MS: Final = 24 * 3600 * 1000
_TITLE: Final = "fedquery.manifest/v1"
_MOST_CONTACTS: Final = 32
_CONTACT_TEXT = re.compile(r"[^\x00-\x1f\x7f\u2028\u2029]{1,200}")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one node offers.

    Args:
        nation: whose node it is.
        created_ms: when it was made.
        expires_ms: until when it may be used, at most 24 h later.
        contact: contact id to how that contact is reached.
        datasets: what may be asked about, sorted by name.
        kem_keys: what questions are sealed to.
        checkpoint: the newest head of the node's log, a signed note.
        policy: what it tells of its policy, or None.
        ceilings: what it tells of its quota, or None.
    """

    nation: str
    created_ms: int
    expires_ms: int
    contact: Mapping[str, str]
    datasets: tuple[Offer, ...]
    kem_keys: tuple[OfferedKem, ...]
    checkpoint: bytes = field(repr=False)
    policy: PolicySummary | None = None
    ceilings: Ceilings | None = None

    def __post_init__(self) -> None:
        """Refuse values out of form.

        Raises:
            InputError: with what is wrong.
        """
        names.check_nation(self.nation)
        if not 0 < self.expires_ms - self.created_ms <= MOST_LIFE_MS or self.created_ms < 0:
            raise InputError("a manifest lives at most 24 hours")
        offered = [offer.name for offer in self.datasets]
        if len(offered) > MOST_DATASETS or offered != sorted(set(offered)):
            raise InputError("the datasets of a manifest are sorted, each once, at most 64")
        if not 1 <= len(self.kem_keys) <= MOST_KEMS:
            raise InputError("a manifest offers 1 to 4 keys to seal to")
        if len(self.contact) > _MOST_CONTACTS:
            raise InputError("a manifest has at most 32 contacts")
        for contact_id, text in self.contact.items():
            names.check_label(contact_id)
            if _CONTACT_TEXT.fullmatch(text) is None:
                raise InputError("a contact is one line of 1 to 200 characters")

    def render(self) -> bytes:
        """Write the body that is signed."""
        document: dict[str, object] = {
            "created_ms": self.created_ms,
            "expires_ms": self.expires_ms,
            "contact": dict(self.contact),
            "datasets": [offer.to_json() for offer in self.datasets],
            "kem_keys": [kem.to_json() for kem in self.kem_keys],
            "checkpoint": self.checkpoint.decode(),
        }
        if self.policy is not None:
            document["policy"] = self.policy.to_json()
        if self.ceilings is not None:
            document["quota"] = self.ceilings.to_json()
        title = f"{_TITLE} {self.nation}\n".encode("ascii")
        return title + canonical_json.dump(document) + b"\n"

    @staticmethod
    def parse(body: bytes) -> "Manifest":
        """Read exactly what `render` writes.

        Raises:
            EncodingError: if it is anything else, with one text.
        """
        try:
            manifest = _parse(body)
            canonical = manifest.render() == body
        except (InputError, ValueError):
            raise malformed() from None
        if not canonical:
            raise malformed()
        return manifest

    def kem_at(self, now_ms: int) -> OfferedKem:
        """Choose the key to seal to: of those that may be used now, the one that lasts longest.

        Raises:
            PeerError: if none may be used now.
        """
        usable = [kem for kem in self.kem_keys if kem.not_before_ms <= now_ms < kem.not_after_ms]
        if not usable:
            raise PeerError("the node offers no key to seal to at this time", why="stale")
        return max(usable, key=lambda kem: kem.not_after_ms)


def _parse(body: bytes) -> Manifest:
    title, _, line = body.partition(b"\n")
    head, _, nation = title.decode("ascii").partition(" ")
    if head != _TITLE or not line.endswith(b"\n"):
        raise malformed()
    value = canonical_json.load(line[:-1], cap=CAP, what="manifest")
    told, quota = (
        (value.pop("policy", None), value.pop("quota", None))
        if isinstance(value, dict)
        else (None, None)
    )
    created, expires, contact, datasets, kems, checkpoint = members(
        value, "created_ms", "expires_ms", "contact", "datasets", "kem_keys", "checkpoint"
    )
    return Manifest(
        nation=nation,
        created_ms=integer(created),
        expires_ms=integer(expires),
        contact=_contact(contact),
        datasets=tuple(Offer.from_json(item) for item in listed(datasets, MOST_DATASETS)),
        kem_keys=tuple(OfferedKem.from_json(item) for item in listed(kems, MOST_KEMS)),
        checkpoint=string(checkpoint).encode(),
        # A null is not what `render` leaves out, so it is refused when the two are compared.
        policy=None if told is None else PolicySummary.from_json(told),
        ceilings=None if quota is None else Ceilings.from_json(quota),
    )


def _contact(value: Json) -> dict[str, str]:
    if not isinstance(value, dict):
        raise malformed()
    return {contact_id: string(text) for contact_id, text in value.items()}
