"""The codec of what an asker seals: a question or a claim, as the protobuf message Asked.

Decoding is strict to the byte: what comes out, encoded again, is what came in. Ranges are checked
by the values themselves (psi.question). A coordinator has no part that imports this.
"""

from typing import cast

from fedquery.cases.signed import SignedCard
from fedquery.errors import EncodingError, InputError
from fedquery.psi.prefix import Columns
from fedquery.psi.question import Claim, ClaimLevel, Question, Statement
from fedquery.seal.size import SIZE_CLASSES, request_message_cap
from fedquery.transport import strict
from fedquery.v1 import sealed_pb2 as pb

_CLAIM_CLASS = 1

_COLUMNS = {"tags": pb.COLUMNS_TAGS, "none": pb.COLUMNS_NONE}
_LEVELS = {"hit": pb.LEVEL_HIT, "reference": pb.LEVEL_REFERENCE, "summary": pb.LEVEL_SUMMARY}
_COLUMNS_NAMES = {number: name for name, number in _COLUMNS.items()}
_LEVEL_NAMES = {number: name for name, number in _LEVELS.items()}


def encode_question(question: Question) -> bytes:
    """Write a question as the message of a request of its size class.

    Raises:
        InputError: if its texts do not fit the fixed length of the request.
    """
    message = pb.Question(
        dataset=question.dataset,
        version=question.version,
        columns=_COLUMNS[question.columns],
        prefix_len=question.prefix_len,
        level=_LEVELS[question.level],
        statement=_statement_message(question.statement),
        elements=question.elements,
        prefixes=question.prefixes,
    )
    return _fitting(strict.serialize(pb.Asked(question=message)), question.size_class)


def encode_claim(claim: Claim) -> bytes:
    """Write a claim as the message of a request of size class 1.

    Raises:
        InputError: if its texts do not fit the fixed length of the request.
    """
    message = pb.Claim(
        dataset=claim.dataset,
        version=claim.version,
        tag=claim.tag,
        claim_token=claim.claim_token,
        level=_LEVELS[claim.level],
        statement=_statement_message(claim.statement),
    )
    return _fitting(strict.serialize(pb.Asked(claim=message)), _CLAIM_CLASS)


def decode_asked(octets: bytes, size_class: int) -> Question | Claim:
    """Read the message of a request.

    Args:
        octets: the message, as the seal held it.
        size_class: the size class that the header of the envelope shows; it is charged, so the
            question must have it.

    Raises:
        EncodingError: on anything that encoding could not have written, and on another size class.
    """
    what = "question"
    message = strict.parse(pb.Asked, octets, cap=_message_cap(size_class), what=what)
    asked: Question | Claim
    try:
        if message.WhichOneof("asked") == "claim":
            asked = _claim(message.claim)
            again, asked_class = encode_claim(asked), _CLAIM_CLASS
        else:
            asked = _question(message.question)
            again, asked_class = encode_question(asked), asked.size_class
    except (InputError, KeyError):
        raise EncodingError(f"malformed {what}") from None
    # The values cannot say "no statement" and "a statement of defaults" apart; the comparison can.
    if again != octets or asked_class != size_class:
        raise EncodingError(f"malformed {what}")
    return asked


def _message_cap(size_class: int) -> int:
    if size_class not in SIZE_CLASSES:
        raise EncodingError("malformed question")
    return request_message_cap(size_class)


def _fitting(octets: bytes, size_class: int) -> bytes:
    if len(octets) > _message_cap(size_class):
        raise InputError("the texts of the statement are too long together")
    return octets


def _statement_message(statement: Statement) -> pb.Statement:
    return pb.Statement(
        purpose=statement.purpose,
        case_card=statement.card.note,
        person_role=statement.person_role,
        aim=statement.aim,
        officer_mark=statement.officer_mark,
        justification=statement.justification,
    )


def _statement(message: pb.Statement) -> Statement:
    return Statement(
        purpose=message.purpose,
        card=SignedCard.read(message.case_card),
        person_role=message.person_role,
        aim=message.aim,
        officer_mark=message.officer_mark,
        justification=message.justification,
    )


def _question(message: pb.Question) -> Question:
    return Question(
        dataset=message.dataset,
        version=message.version,
        columns=cast("Columns", _COLUMNS_NAMES[message.columns]),
        prefix_len=message.prefix_len,
        level="hit",
        statement=_statement(message.statement),
        elements=message.elements,
        prefixes=tuple(message.prefixes),
    )


def _claim(message: pb.Claim) -> Claim:
    return Claim(
        dataset=message.dataset,
        version=message.version,
        tag=message.tag,
        claim_token=message.claim_token,
        # The constructor refuses what is no level of a claim.
        level=cast("ClaimLevel", _LEVEL_NAMES[message.level]),
        statement=_statement(message.statement),
    )
