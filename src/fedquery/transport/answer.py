"""The codec of what a holder seals: the head of an answer, padded to one length, and its body.

    message = LP(AnswerHead) || zeros || body                 (the body starts at HEAD_LENGTH)

Decoding is strict to the byte: what comes out, encoded again, is what came in. Ranges are checked
by the values themselves (transport.head); the body is psi.answer's. A coordinator has no part that
imports this.
"""

from typing import cast

from fedquery.encoding.octets import Reader, lp
from fedquery.errors import InputError
from fedquery.psi.commitment import Opening
from fedquery.seal.size import ANSWER_HEAD_LENGTH, PREFIX_LENGTH
from fedquery.transport import strict
from fedquery.transport.claim_reply import ClaimReply, Summary
from fedquery.transport.head import (
    AnswerHead,
    Decision,
    GrantLeft,
    Level,
    QuotaLeft,
    Receipt,
    Refusal,
)
from fedquery.v1 import sealed_pb2 as pb

HEAD_LENGTH = PREFIX_LENGTH + ANSWER_HEAD_LENGTH
"""Octets of an answer's message before its body."""

_WHAT = "answer head"
_LEVELS = {
    "": pb.LEVEL_UNSPECIFIED,
    "hit": pb.LEVEL_HIT,
    "reference": pb.LEVEL_REFERENCE,
    "summary": pb.LEVEL_SUMMARY,
}
_LEVEL_NAMES = {number: name for name, number in _LEVELS.items()}


def encode_head(head: AnswerHead) -> bytes:
    """Write the head of an answer; the answer's message is this and then the body.

    Returns:
        `HEAD_LENGTH` octets.
    """
    octets = lp(strict.serialize(_head_message(head)))
    if len(octets) > HEAD_LENGTH:
        raise ValueError("the caps of a head do not fit its length")
    return octets.ljust(HEAD_LENGTH, b"\0")


def decode_head(message: bytes) -> tuple[AnswerHead, bytes]:
    """Read the message of an answer.

    Returns:
        the head, and the octets of the body for `psi.answer`.

    Raises:
        EncodingError: on anything that `encode_head` could not have written.
    """
    head_octets, body = message[:HEAD_LENGTH], message[HEAD_LENGTH:]
    reader = Reader(head_octets, _WHAT)
    octets = reader.lp(ANSWER_HEAD_LENGTH)
    reader.rest_is_zero()
    parsed = strict.parse(pb.AnswerHead, octets, cap=ANSWER_HEAD_LENGTH, what=_WHAT)
    try:
        head = _head(parsed)
    except (InputError, KeyError):
        raise reader.fail() from None
    # The values cannot say "a decision that is not there"; the comparison can.
    if encode_head(head) != head_octets:
        raise reader.fail()
    return head, body


def _head_message(head: AnswerHead) -> pb.AnswerHead:
    message = pb.AnswerHead(
        decision=pb.Decision(
            granted=_LEVELS[head.decision.granted],
            policy_ids=head.decision.policy_ids,
            reasons=head.decision.reasons,
            policy_digest=head.decision.policy_digest,
        ),
        version=head.version,
        checkpoint=head.checkpoint,
    )
    if (opening := head.opening) is not None:
        message.opening.salt = opening.salt
        message.opening.prefix_bits = opening.prefix_bits
        message.opening.capacity = opening.capacity
        message.opening.public_key = opening.public_key
        message.opening.root = opening.root
    if head.quota_left is not None:
        message.quota_left.CopyFrom(_quota_message(head.quota_left))
    if (receipt := head.receipt) is not None:
        message.receipt.log_origin = receipt.log_origin
        message.receipt.index = receipt.index
        message.receipt.leaf_hash = receipt.leaf_hash
    if (refusal := head.refusal) is not None:
        message.refusal.slug = refusal.slug
        message.refusal.text = refusal.text
        message.refusal.retry_after_s = refusal.retry_after_s
        message.refusal.current_version = refusal.current_version
    if head.claim is not None:
        message.claim.CopyFrom(_claim_message(head.claim))
    return message


def _quota_message(left: QuotaLeft) -> pb.QuotaLeft:
    return pb.QuotaLeft(
        hour=left.hour,
        day=left.day,
        year=left.year,
        case_left=left.case,
        hour_ends_ms=left.hour_ends_ms,
        day_ends_ms=left.day_ends_ms,
        year_ends_ms=left.year_ends_ms,
        grants=[
            pb.GrantLeft(
                number=grant.number,
                dataset=grant.dataset,
                left=grant.left,
                until_ms=grant.until_ms,
                this_case=grant.this_case,
            )
            for grant in left.grants
        ],
    )


def _claim_message(reply: ClaimReply) -> pb.ClaimReply:
    message = pb.ClaimReply(
        reference=reply.reference,
        contact_id=reply.contact_id,
        category=reply.category,
        updated_ms=reply.updated_ms,
        contact_us=reply.contact_us,
    )
    if (summary := reply.summary) is not None:
        message.summary.first_seen_ms = summary.first_seen_ms
        message.summary.last_seen_ms = summary.last_seen_ms
        message.summary.records = summary.records
        message.summary.text = summary.text
    return message


def _head(message: pb.AnswerHead) -> AnswerHead:
    decision, receipt, refusal = message.decision, message.receipt, message.refusal
    return AnswerHead(
        decision=Decision(
            granted=cast("Level", _LEVEL_NAMES[decision.granted]),
            policy_ids=tuple(decision.policy_ids),
            reasons=tuple(decision.reasons),
            policy_digest=decision.policy_digest,
        ),
        version=message.version,
        opening=_opening(message.opening) if message.HasField("opening") else None,
        quota_left=_quota_left(message.quota_left) if message.HasField("quota_left") else None,
        receipt=Receipt(receipt.log_origin, receipt.index, receipt.leaf_hash)
        if message.HasField("receipt")
        else None,
        checkpoint=message.checkpoint,
        refusal=Refusal(refusal.slug, refusal.text, refusal.retry_after_s, refusal.current_version)
        if message.HasField("refusal")
        else None,
        claim=_claim(message.claim) if message.HasField("claim") else None,
    )


def _opening(message: pb.Opening) -> Opening:
    return Opening(
        salt=message.salt,
        prefix_bits=message.prefix_bits,
        capacity=message.capacity,
        public_key=message.public_key,
        root=message.root,
    )


def _quota_left(message: pb.QuotaLeft) -> QuotaLeft:
    return QuotaLeft(
        hour=message.hour,
        day=message.day,
        year=message.year,
        case=message.case_left,
        hour_ends_ms=message.hour_ends_ms,
        day_ends_ms=message.day_ends_ms,
        year_ends_ms=message.year_ends_ms,
        grants=tuple(
            GrantLeft(grant.number, grant.dataset, grant.left, grant.until_ms, grant.this_case)
            for grant in message.grants
        ),
    )


def _claim(message: pb.ClaimReply) -> ClaimReply:
    summary = message.summary
    return ClaimReply(
        contact_id=message.contact_id,
        reference=message.reference,
        category=message.category,
        updated_ms=message.updated_ms,
        summary=Summary(summary.first_seen_ms, summary.last_seen_ms, summary.records, summary.text)
        if message.HasField("summary")
        else None,
        contact_us=message.contact_us,
    )
