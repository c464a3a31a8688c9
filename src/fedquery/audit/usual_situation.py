r"""What a situation usually looks like as canonical JSON, so that reading it needs no parser.

Whatever this expression matches is canonical JSON: keys ascend, nothing is doubled, no space, no
fraction, no number beyond 15 digits, no text that needs an escape, fewer than 16 levels. It need
not match every situation: another one is parsed.
"""

import re
from typing import Final

from fedquery.audit.plain import INTEGER, TEXT

_TIME: Final = r'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"'
_BOOLEAN: Final = "(?:true|false)"


def _object(**members: str) -> str:
    return r"\{" + ",".join(f'"{key}":{members[key]}' for key in sorted(members)) + r"\}"


def _entity(kind: str) -> str:
    return _object(id=f'"{TEXT}*"', type=f'"{re.escape(kind)}"')


def _list(one: str) -> str:
    return rf"\[(?:{one}(?:,{one})*)?\]"


_CASE: Final = _object(
    maximumPenaltyYears=INTEGER,
    opened=_TIME,
    signedBy=_list(_entity("Role")),
    transnational=_BOOLEAN,
)
_USED: Final = _object(
    elementsThisHour=INTEGER,
    elementsToday=INTEGER,
    elementsThisYear=INTEGER,
    elementsThisCase=INTEGER,
    elementsOfNationToday=INTEGER,
    questionsToday=INTEGER,
    questionsThisCase=INTEGER,
    rowsShownToday=INTEGER,
)
_RECORD: Final = _object(handling=_entity("Handling"))
# The record of a claim stands between purpose and used; a question has none.
_CONTEXT: Final = _object(
    aim=_entity("Aim"),
    case=_CASE,
    elements=INTEGER,
    now=_TIME,
    personRole=_entity("PersonRole"),
    purpose=f'{_entity("Purpose")}(?:,"record":{_RECORD})?',
    used=_USED,
)
USUAL: Final = _object(
    context=_CONTEXT,
    principal=_object(
        attrs=_object(sort=_entity("Sort")),
        parents=rf"\[{_entity('Nation')}(?:,{_entity('Team')})*\]",
        uid=_entity("Agency"),
    ),
    resource=_object(
        attrs=_object(kind=_entity("Kind"), sensitive=_BOOLEAN),
        parents=_list(_entity("Nation")),
        uid=_entity("Dataset"),
    ),
)
