"""An auditor's result as it is kept: what came of it, and when. Nobody signs it.

It is worth as much as the machine on which it was computed: whoever doubts it computes it again
from the logs, which are signed.
"""

from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from fedquery.audit import reconciled, verified
from fedquery.audit.reconciled import MOST_FINDINGS, Reconciled
from fedquery.audit.result_fields import members, moment, word
from fedquery.audit.verified import Faulty, Verified
from fedquery.encoding import canonical_json
from fedquery.encoding.canonical_json import Json
from fedquery.errors import EncodingError

SCHEMA: Final = "fedquery/audit-result/v1"
CAP: Final = 4 * 1024 * 1024
_WHAT: Final = "result of an audit"

Result: TypeAlias = Reconciled | Verified | Faulty


@dataclass(frozen=True, slots=True)
class KeptResult:
    """A result.

    Attributes:
        result: what came of it.
        at_ms: when, by the clock of the machine that computed it; None where that is not said.
    """

    result: Result
    at_ms: int | None

    def encode(self) -> bytes:
        """Write it, with as many findings as have room; the number of all stays."""
        if isinstance(self.result, Reconciled) and len(self.result.findings) > MOST_FINDINGS:
            # No reader takes more.
            fewest = self.result.findings[:MOST_FINDINGS]
            return replace(self, result=replace(self.result, findings=fewest)).encode()
        octets = self._octets()
        if len(octets) <= CAP or not isinstance(self.result, Reconciled):
            return octets
        fewer = self.result.findings[: len(self.result.findings) // 2]
        return replace(self, result=replace(self.result, findings=fewer)).encode()

    def _octets(self) -> bytes:
        return canonical_json.dump(
            {"schema": SCHEMA, "at_ms": self.at_ms, "result": self.result.to_json()}
        )


def decode(octets: bytes) -> KeptResult:
    """Read a result that was kept, or printed with `--json`, strictly.

    Args:
        octets: the document; one that was printed does not say when it was computed.

    Raises:
        EncodingError: if it is anything else.
    """
    value = canonical_json.load(octets, cap=CAP, what=_WHAT, canonical=False)
    try:
        if not isinstance(value, dict) or value.get("schema") != SCHEMA:
            return KeptResult(_result(value), None)
        schema, at_ms, result = members(value, "schema", "at_ms", "result")
        word(schema, SCHEMA)
        return KeptResult(_result(result), moment(at_ms))
    except ValueError:
        raise EncodingError(f"malformed {_WHAT}") from None


def _result(value: Json) -> Result:
    if not isinstance(value, dict):
        raise ValueError("not an object")  # noqa: TRY004  forms have one error
    if value.get("schema") == reconciled.SCHEMA:
        return Reconciled.from_json(value)
    if value.get("verdict") == verified.FALSE:
        return Faulty.from_json(value)
    # What the command prints says besides whether it kept a checkpoint.
    return Verified.from_json({name: one for name, one in value.items() if name != "kept"})
