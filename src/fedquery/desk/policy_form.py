"""The form in which an auditor brings policy files along: each fault is said beside its field."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from fedquery.cases.card import MAX_PENALTY_YEARS, PERSON_ROLES
from fedquery.desk.forms import Upload, flag, text, texts, upload
from fedquery.desk.language import N_
from fedquery.federation.members import Federation
from fedquery.policy.asked import Usual
from fedquery.policy.source import MAX_BYTES
from fedquery.policy.study import Files
from fedquery.policy.vocabulary import AIMS, HANDLINGS, SIGNERS

CAP: Final = 4 * MAX_BYTES
SIGNER_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "officer": N_("officer"),
        "supervisor": N_("supervisor"),
        "prosecutor": N_("prosecutor"),
        "judge": N_("judge"),
    }
)
HANDLING_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "open": N_("not restricted"),
        "restricted": N_("restricted"),
        "source at risk": N_("source at risk"),
    }
)
_NO_POLICY: Final = N_("Choose the policy file.")
_NO_SCHEMA: Final = N_("Choose the schema that goes with it.")
_NO_NATION: Final = N_("Choose the nation whose file it is.")
_NO_AGENCY: Final = N_("Choose an agency of the member list.")
_PENALTY: Final = N_("Write whole years, from 0 to 99; 99 stands for life.")
_UNKNOWN: Final = N_("Choose one of the list.")
_DIGITS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyForm:
    """Policy files, and the situation in which levels are shown."""

    nation: str = text(cap=2)
    policy: Upload | None = upload(cap=MAX_BYTES)
    newer: Upload | None = upload(cap=MAX_BYTES)
    schema: Upload | None = upload(cap=MAX_BYTES)
    agency: str = text(cap=50)
    penalty: str = text(cap=20)
    signed: tuple[str, ...] = texts(cap=20, most=4)
    role: str = text(cap=20)
    aim: str = text(cap=20)
    handling: str = text(cap=20)
    domestic: bool = flag()

    def faults(self, federation: Federation) -> dict[str, str]:
        """Say what is wrong with which field.

        Args:
            federation: the member list in force.
        """
        known: dict[str, tuple[bool, str]] = {
            "nation": (self.nation in nations_of(federation), _NO_NATION),
            "policy": (self.policy is not None, _NO_POLICY),
            "schema": (self.schema is not None, _NO_SCHEMA),
            "agency": (self.agency in federation.agencies, _NO_AGENCY),
            "penalty": (self._penalty() <= MAX_PENALTY_YEARS, _PENALTY),
            "signed": (SIGNERS.issuperset(self.signed), _UNKNOWN),
            "role": (self.role in PERSON_ROLES, _UNKNOWN),
            "aim": (self.aim in AIMS, _UNKNOWN),
            "handling": (self.handling in HANDLINGS, _UNKNOWN),
        }
        return {name: fault for name, (right, fault) in known.items() if not right}

    def usual(self, federation: Federation) -> Usual:
        """Give the situation of a form without faults."""
        return Usual(
            agency=self.agency,
            sort=federation.agencies[self.agency].sort,
            penalty_years=self._penalty(),
            transnational=not self.domestic,
            signed_by=frozenset(self.signed),
            role=self.role,
            aim=self.aim,
            handling=self.handling,
        )

    def files(self, federation: Federation, now_ms: int) -> Files:
        """Give the files of a form without faults.

        Args:
            federation: the member list in force.
            now_ms: the time of the situation.
        """
        policies = tuple(one.octets for one in (self.policy, self.newer) if one is not None)
        return Files(
            nation=self.nation,
            policies=policies,
            schema=b"" if self.schema is None else self.schema.octets,
            usual=self.usual(federation),
            now_ms=now_ms,
        )

    def _penalty(self) -> int:
        written = self.penalty
        if not (written.isascii() and written.isdecimal() and len(written) <= _DIGITS):
            return MAX_PENALTY_YEARS + 1
        return int(written)


def nations_of(federation: Federation) -> Collection[str]:
    """List the nations that may have a policy: those that sign member lists or have a node."""
    return sorted({*federation.nations, *federation.nodes})


def blank(agency: str) -> StudyForm:
    """Give the form as it is first shown.

    Args:
        agency: who asks in it.
    """
    usual = Usual()
    return StudyForm(
        nation="",
        policy=None,
        newer=None,
        schema=None,
        agency=agency,
        penalty=str(usual.penalty_years),
        signed=(),
        role=usual.role,
        aim=usual.aim,
        handling=usual.handling,
        domestic=False,
    )
