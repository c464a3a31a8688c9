"""The bodies of the gateway's requests, strict: no field more, no type bent."""

from datetime import UTC, datetime
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from fedquery.ask.case import Case
from fedquery.ask.pasting import Found, in_picture, in_text
from fedquery.ask.second_person import MOST_REASON
from fedquery.encoding.base64 import b64decode
from fedquery.errors import IdentifierError, InputError
from fedquery.identifiers import Identifier, kinds, parse
from fedquery.transport.problems import FieldFault

# Larger pictures are read on the command line; here many requests are held at a time.
_PICTURE_CAP: Final = 3 * 512 * 1024
MOST_LISTED: Final = 100_000
_FAULTS_NAMED: Final = 16


class Body(BaseModel):
    """A body without extra fields."""

    model_config = ConfigDict(strict=True, extra="forbid")


def _known(kind: str) -> str:
    if kind not in kinds():
        raise PydanticCustomError("unknown_kind", "there is no such kind")
    return kind


class IdentifierBody(Body):
    """One identifier, in any spelling of its kind."""

    kind: Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": [*kinds()]})]
    text: str = Field(min_length=1, max_length=2_048)


class CaseBody(Body):
    """The case that is asked for. The officer is the token's, and cannot be named."""

    number: str = Field(min_length=1, max_length=200)
    purpose: str = Field(max_length=40)
    offence: str = Field(default="", max_length=80)
    maximum_penalty_years: int = Field(ge=0, le=99)
    opened: str = Field(max_length=40, description="The day on which it was opened, ISO 8601.")
    transnational: bool = True
    sensitive: bool = False
    person_role: str = Field(default="suspect", max_length=20)
    aim: str = Field(default="identify", max_length=20)
    justification: str = Field(default="", max_length=400)

    def case(self, officer: str) -> Case:
        """Make the case.

        Raises:
            InputError: if a fact is out of range.
        """
        try:
            moment = datetime.fromisoformat(self.opened)
        except ValueError:
            raise InputError("the day of opening is not a date", do="Write YYYY-MM-DD.") from None
        moment = moment.replace(tzinfo=moment.tzinfo or UTC)
        facts = self.model_dump(exclude={"opened"})
        return Case(opened_ms=int(moment.timestamp() * 1000), officer=officer, **facts)


class LookupBody(Body):
    """A lookup of 1 to 512 identifiers."""

    identifiers: list[IdentifierBody] = Field(min_length=1, max_length=512)
    case: CaseBody
    nations: list[Annotated[str, Field(pattern=r"^[A-Z]{2}$")]] | None = Field(
        default=None, min_length=1, max_length=32
    )
    deadline_ms: int | None = Field(default=None, ge=1_000, le=30_000)


class ListBody(Body):
    """Identifiers of one kind, in any spelling."""

    kind: Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": [*kinds()]})]
    texts: list[Annotated[str, Field(min_length=1, max_length=2_048)]] = Field(
        min_length=1, max_length=MOST_LISTED
    )


class ScreeningBody(Body):
    """A screening of 1 to 100,000 identifiers; places count through the lists, from 0."""

    lists: list[ListBody] = Field(min_length=1, max_length=32)
    case: CaseBody
    nations: list[Annotated[str, Field(pattern=r"^[A-Z]{2}$")]] | None = Field(
        default=None, min_length=1, max_length=32
    )
    deadline_ms: int | None = Field(default=None, ge=1_000, le=30_000)
    padded: bool | None = None
    begin: bool = Field(default=True, description="Otherwise it waits for /run.")
    anyway: bool = Field(default=False, description="Also where a quota has no room for all of it.")

    @model_validator(mode="after")
    def _not_too_many(self) -> Self:
        if sum(len(one.texts) for one in self.lists) > MOST_LISTED:
            raise PydanticCustomError("too_many", "give at most 100,000 identifiers")
        return self


class RunBody(Body):
    """Begins or resumes a screening that is kept."""

    anyway: bool = Field(default=False, description="Also where a quota has no room for all of it.")


class DecisionBody(Body):
    """What a second person decides on a list that waits for one."""

    decision: Literal["approve", "decline"]
    reason: str = Field(min_length=1, max_length=MOST_REASON, pattern=r"\S")


class ReviewBody(Body):
    """What a supervisor found of a question that was asked under a threat to life."""

    finding: Literal["justified", "not justified"]
    reason: str = Field(min_length=1, max_length=MOST_REASON, pattern=r"\S")


class ClaimBody(Body):
    """A claim of one hit, of a lookup or of a screening."""

    claim_id: str = Field(pattern=r"^[0-9a-f]{16}(-[0-9]{1,10}-[0-9]{1,10})?$")
    level: Literal["reference", "summary"] = "reference"
    deadline_ms: int | None = Field(default=None, ge=1_000, le=30_000)


class ExtractBody(Body):
    """A pasted text, or a picture with QR codes in base64 (RFC 4648, 4); one of the two."""

    text: str = Field(default="", max_length=262_144)
    picture: str = Field(default="", max_length=4 * _PICTURE_CAP // 3 + 4)

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if bool(self.text) == bool(self.picture):
            raise PydanticCustomError("one_of_two", "give either a text or a picture")
        return self

    def found(self, region: str) -> tuple[Found, ...]:
        """Find the identifiers in it.

        Args:
            region: the nation by whose habits numbers are read.

        Raises:
            InputError: if the picture cannot be read, or the text holds too many.
        """
        if self.text:
            return in_text(self.text, region)
        return in_picture(b64decode(self.picture, cap=_PICTURE_CAP, what="picture"), region)


class ReceiptBody(Body):
    """The name of a receipt that is to be verified."""

    receipt: str = Field(pattern=r"^[0-9a-f]{24}\.receipt\.json$")


def identifiers_of(
    bodies: list[IdentifierBody], region: str
) -> tuple[list[Identifier], list[FieldFault]]:
    """Read identifiers; those that cannot be read are named by their place and a reason.

    Args:
        bodies: what was sent.
        region: the nation by whose habits numbers are read.
    """
    found: list[Identifier] = []
    faults: list[FieldFault] = []
    for place, body in enumerate(bodies):
        try:
            found.append(parse(body.kind, body.text, region).identifier)
        except IdentifierError as error:
            faults.append(FieldFault(f"/identifiers/{place}/text", error.reason))
    return found, faults


def listed_of(bodies: list[ListBody], region: str) -> tuple[list[Identifier], list[FieldFault]]:
    """Read lists; of what cannot be read the first sixteen are named by place and a reason.

    Args:
        bodies: what was sent.
        region: the nation by whose habits numbers are read.
    """
    found: list[Identifier] = []
    faults: list[FieldFault] = []
    for number, body in enumerate(bodies):
        for place, text in enumerate(body.texts):
            try:
                found.append(parse(body.kind, text, region).identifier)
            except IdentifierError as error:
                if len(faults) < _FAULTS_NAMED:
                    faults.append(FieldFault(f"/lists/{number}/texts/{place}", error.reason))
    return found, faults
