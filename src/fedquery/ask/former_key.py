"""A receipt under a key that was replaced: it shows nothing now, and is no false one for that.

Keys are named by their ids, in an answer and in each line of a checkpoint. Where the id is another
than that of the member list, nobody can tell without the list of then whether the signature is
true. Where it is the same, a signature that does not verify is false.
"""

from fedquery.errors import FormerKeyError
from fedquery.federation.trust import Trust
from fedquery.seal.envelope import read_answer
from fedquery.seal.signing import VerifyKey
from fedquery.tlog.checkpoint import CHECKPOINT_CAP
from fedquery.tlog.note import VerifierKey, open_note, split_note
from fedquery.tlog.vkey import KEY_ID_SIZE


def require_signer_of_now(answer: bytes, key: VerifyKey) -> None:
    """Require that an answer names the key that the member list has for its nation now.

    Args:
        answer: the answer envelope.
        key: the key of the member list.

    Raises:
        FormerKeyError: if it names another one.
        EncodingError: if it is no answer.
    """
    if read_answer(answer).header.signing_key_id != key.key_id:
        raise FormerKeyError("the answer is signed under a key that the member list does not name")


def require_log_key_of_now(note: bytes, log_key: VerifierKey, trust: Trust) -> None:
    """Require that a checkpoint has a line under the key that the member list has for its log now.

    Args:
        note: the checkpoint.
        log_key: the key of the member list.
        trust: the witnesses whose lines must not be false in any case.

    Raises:
        FormerKeyError: if its log has signed it under another key alone.
        EncodingError: if it is no signed note.
        SignatureError: if a line of a known witness is false.
    """
    body, lines = split_note(note, CHECKPOINT_CAP)
    named = {(name, octets[:KEY_ID_SIZE]) for name, octets in lines}
    # signed-note: a key is known by its name and the hash of name and key. A checkpoint that names
    # another log, or that no log has signed, is not this log's under any key.
    is_of_this_log = body.startswith(f"{log_key.name}\n".encode())
    others = {key_id for name, key_id in named if name == log_key.name}
    if not is_of_this_log or not others or log_key.key_id in others:
        return
    witnesses = [one.key for one in trust.policy_for(log_key).witnesses]
    known = [key for key in witnesses if (key.name, key.key_id) in named]
    if known:
        open_note(note, known, CHECKPOINT_CAP)
    raise FormerKeyError("the log has signed under a key that the member list does not name")
