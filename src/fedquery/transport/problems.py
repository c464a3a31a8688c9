"""Problem documents (RFC 9457): the one form in which an HTTP face says that something is wrong.

No web framework is imported here, so that a client can read what a server writes. Nothing that a
client sent is ever repeated: a problem has a name, a text of ours, and pointers to fields.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fedquery.encoding import canonical_json
from fedquery.errors import (
    BusyError,
    DiskFullError,
    EncodingError,
    FedqueryError,
    InputError,
    PeerError,
    ProofError,
    QuotaError,
    RefusedError,
    SignatureError,
    StorageError,
)

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:fedquery:error:"
REFERENCE_PREFIX: Final = "urn:fedquery:ref:"
_PROBLEM_CAP: Final = 16 * 1024
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")
# A name that we may have given to a field; an identifier as a key never looks like it.
_FIELD_NAME = re.compile(r"[a-z][a-z_]{0,39}")
_MOST_POINTERS: Final = 16

# The first class that fits says the status; a face with other needs passes its own table.
STATUS_OF: Final[Mapping[type[FedqueryError], int]] = {
    EncodingError: 400,
    SignatureError: 401,
    QuotaError: 429,
    RefusedError: 403,
    InputError: 422,
    ProofError: 502,
    PeerError: 503,
    BusyError: 503,
    DiskFullError: 507,
    StorageError: 503,
}

_TITLES: Final[Mapping[int, tuple[str, str]]] = {
    400: ("malformed", "The request does not parse"),
    401: ("unauthenticated", "The request is not signed by an enrolled agency"),
    403: ("forbidden", "This is not allowed"),
    404: ("not-found", "There is nothing at this path"),
    405: ("method-not-allowed", "This path does not take this method"),
    408: ("body-timeout", "The body did not arrive in time"),
    409: ("id-reused", "This was used before with another request"),
    410: ("erased", "This was erased"),
    413: ("too-large", "The body is larger than this server takes"),
    415: ("media-type", "This server takes plain application/json only"),
    422: ("invalid-field", "Some fields are not valid"),
    429: ("rate", "Too many requests"),
    431: ("too-large", "The request line and headers are larger than this server takes"),
    500: ("internal", "Internal error"),
    503: ("busy", "The server has no room for this now"),
    507: ("disk-full", "The disk of the server is full"),
}


@dataclass(frozen=True, slots=True)
class FieldFault:
    """Point to one field that was refused.

    Args:
        pointer: a JSON pointer (RFC 6901) made of our own field names only.
        code: the name of the rule that it broke.
    """

    pointer: str
    code: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Say what is wrong with one request.

    Args:
        status: the HTTP status, 400 to 599.
        slug: the name that travels in `type`.
        title: one sentence of ours.
        detail: what is wrong in this case, never repeating input; empty for none.
        do: what to do next; empty for none.
        reference: eight hexadecimal digits that the log of the server also has; empty for none.
        retry_after_s: seconds after which asking again may help; -1 for never said.
        faults: the fields that were refused.
    """

    status: int
    slug: str
    title: str
    detail: str = ""
    do: str = ""
    reference: str = ""
    retry_after_s: int = -1
    faults: tuple[FieldFault, ...] = ()

    def body(self) -> bytes:
        """Write the document as canonical JSON (RFC 9457, 3)."""
        document: dict[str, object] = {
            "type": TYPE_PREFIX + self.slug,
            "title": self.title,
            "status": self.status,
        }
        if self.detail:
            document["detail"] = self.detail
        if self.do:
            document["do"] = self.do
        if self.reference:
            document["instance"] = REFERENCE_PREFIX + self.reference
        if self.retry_after_s >= 0:
            document["retry_after"] = self.retry_after_s
        if self.faults:
            document["errors"] = [{"pointer": f.pointer, "code": f.code} for f in self.faults]
        return canonical_json.dump(document)

    def headers(self) -> list[tuple[bytes, bytes]]:
        """List the headers that go with `body`, as ASGI wants them."""
        headers = [(b"content-type", MEDIA_TYPE.encode("ascii"))]
        if self.retry_after_s >= 0:
            headers.append((b"retry-after", b"%d" % self.retry_after_s))
        return headers


def problem(status: int, *, reference: str = "", retry_after_s: int = -1) -> Problem:
    """Make the usual problem of a status; unknown statuses are told as 500 or 400."""
    if status not in _TITLES:
        status = 500 if status >= 500 else 400  # noqa: PLR2004 -- the classes of RFC 9110, 15
    slug, title = _TITLES[status]
    return Problem(status, slug, title, reference=reference, retry_after_s=retry_after_s)


def problem_of(
    error: FedqueryError, statuses: Mapping[type[FedqueryError], int] = STATUS_OF
) -> Problem:
    """Map one of our errors to its problem.

    Args:
        error: the error; its text is ours and repeats no input.
        statuses: class to status, the most special class first.
    """
    status = next((code for kind, code in statuses.items() if isinstance(error, kind)), 500)
    title = _TITLES.get(status, _TITLES[500])[1]
    retry_after_s = 5 if isinstance(error, BusyError) else -1
    return Problem(
        status, error.slug, title, detail=error.what, do=error.do, retry_after_s=retry_after_s
    )


def invalid_fields(errors: Sequence[Mapping[str, object]]) -> Problem:
    """Map the errors of a validator to a problem with pointers and without values.

    Args:
        errors: items with `loc` (a tuple that begins with the part of the request) and `type`.
    """
    codes = [str(error.get("type", "")) for error in errors]
    if "json_invalid" in codes:
        return problem(400)
    faults = []
    for error, code in list(zip(errors, codes, strict=True))[:_MOST_POINTERS]:
        loc = error.get("loc")
        parts = list(loc[1:]) if isinstance(loc, tuple) else []
        # The name of a field that should not be there was chosen by the client: point to its
        # object instead.
        if code == "extra_forbidden":
            parts = parts[:-1]
        shown = [part for part in map(_pointer_part, parts) if part]
        faults.append(FieldFault("".join("/" + part for part in shown), code))
    slug, title = _TITLES[422]
    return Problem(422, slug, title, faults=tuple(faults))


def _pointer_part(part: object) -> str:
    if isinstance(part, int):
        return str(part)
    return part if isinstance(part, str) and _FIELD_NAME.fullmatch(part) else ""


def read_slug(body: bytes) -> str:
    """Read the name of a problem that a server sent.

    Args:
        body: the document, at most 16 KiB of it are looked at.

    Raises:
        EncodingError: if it is not a problem document of ours.
    """
    document = canonical_json.load(body, cap=_PROBLEM_CAP, what="problem", canonical=False)
    name = document.get("type") if isinstance(document, dict) else None
    if not isinstance(name, str) or not name.startswith(TYPE_PREFIX):
        raise EncodingError("malformed problem")
    slug = name.removeprefix(TYPE_PREFIX)
    if _SLUG.fullmatch(slug) is None:
        raise EncodingError("malformed problem")
    return slug
