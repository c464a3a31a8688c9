"""Forms: read strictly once, in memory, into a frozen dataclass.

    @dataclass(frozen=True, slots=True, kw_only=True)
    class NewCase:
        number: str = text(cap=80)
        nation: tuple[str, ...] = texts(cap=2, most=32)
        picture: Upload | None = upload(cap=16 * 1024 * 1024)

A form that no page of ours sends is refused as a whole (400): an unknown field, one that is missing
or stands twice, one over its cap. What a person typed wrongly is for the page to say, beside the
field (422). Nothing of a form is looked at before its token fits the session.
"""

import dataclasses
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

from starlette.requests import Request

from fedquery.desk import cookies, form_bodies, sessions
from fedquery.desk.form_bodies import Part, Upload
from fedquery.desk.refusals import CrossSiteError, FormError
from fedquery.desk.service import desk_of
from fedquery.desk.sessions import Visitor

__all__ = ["Upload", "chosen", "flag", "read", "text", "texts", "upload"]

TOKEN: Final = "csrf"  # noqa: S105 -- the name of a field
DEFAULT_CAP: Final = 64 * 1024

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a field may hold.

    Attributes:
        sort: text, texts, flag or upload.
        cap: the most characters, or octets of an upload.
        most: how often it may stand.
        choices: the texts that are allowed; any where there are none.
    """

    sort: str
    cap: int
    most: int = 1
    choices: tuple[str, ...] = ()


def text(*, cap: int) -> Any:  # noqa: ANN401 -- as dataclasses.field
    """Declare a text, which may be empty and must be there.

    Args:
        cap: the most characters.
    """
    return _declared(_Rule("text", cap))


def texts(*, cap: int, most: int) -> Any:  # noqa: ANN401 -- as dataclasses.field
    """Declare a field that may stand any number of times, in the order of the form.

    Args:
        cap: the most characters of each.
        most: how often it may stand.
    """
    return _declared(_Rule("texts", cap, most))


def flag() -> Any:  # noqa: ANN401 -- as dataclasses.field
    """Declare a check box: true where it was ticked."""
    return _declared(_Rule("flag", cap=8))


def chosen(*choices: str) -> Any:  # noqa: ANN401 -- as dataclasses.field
    """Declare a text that is one of a list, which must be there."""
    return _declared(_Rule("text", cap=max(map(len, choices)), choices=choices))


def upload(*, cap: int) -> Any:  # noqa: ANN401 -- as dataclasses.field
    """Declare a file, None where none was chosen.

    Args:
        cap: the most octets.
    """
    return _declared(_Rule("upload", cap))


async def read(request: Request, form: type[T], *, cap: int = DEFAULT_CAP) -> T:
    """Read the form of a request.

    Args:
        request: the request; the door has seen that it comes from a page of ours.
        form: the dataclass of the form.
        cap: the most octets of its body.

    Raises:
        CrossSiteError: if its token is not the one of this session.
        FormError: if it is no form of ours.
    """
    body = await request.body()
    if len(body) > cap:
        raise FormError
    parts = await _parts(request, body)
    _require_token(request, parts.pop(TOKEN, []))
    return bind(form, parts)


async def _parts(request: Request, body: bytes) -> dict[str, list[Part]]:
    content_type = request.headers.get("content-type", "")
    if len(body) <= DEFAULT_CAP:
        return form_bodies.parts(content_type, body)
    # Escaped octets by the million take a second to read.
    return await desk_of(request).apart(form_bodies.parts, content_type, body)


def bind(form: type[T], parts: Mapping[str, list[Part]]) -> T:
    """Fill a form.

    Args:
        form: its dataclass.
        parts: what was sent, by the names of the fields.

    Raises:
        FormError: if the fields are not those of the form.
    """
    if not dataclasses.is_dataclass(form):
        raise TypeError("a form is a dataclass")
    fields = {one.name: cast("_Rule", one.metadata["rule"]) for one in dataclasses.fields(form)}
    if not fields.keys() >= parts.keys():
        raise FormError
    return cast(
        "T", form(**{name: _value(rule, parts.get(name, [])) for name, rule in fields.items()})
    )


def _declared(rule: _Rule) -> Any:  # noqa: ANN401 -- as dataclasses.field
    # Whatever a person typed may be an identifier: no repr shows it.
    return field(metadata={"rule": rule}, repr=False)


def _value(rule: _Rule, parts: list[Part]) -> object:
    if len(parts) > rule.most:
        raise FormError
    if rule.sort == "upload":
        return _upload(rule, parts)
    values = [_text(rule, part) for part in parts]
    if rule.sort == "texts":
        return tuple(values)
    if rule.sort == "flag":
        return bool(values)
    if not values or (rule.choices and values[0] not in rule.choices):
        raise FormError
    return values[0]


def _text(rule: _Rule, part: Part) -> str:
    if isinstance(part, Upload):
        raise FormError
    # Browsers end the lines of a text area with CR LF, which is not what people typed.
    value = part.replace("\r\n", "\n")
    if len(value) > rule.cap or "\0" in value:
        raise FormError
    return value


def _upload(rule: _Rule, parts: list[Part]) -> Upload | None:
    if not parts:
        return None
    (part,) = parts
    if not isinstance(part, Upload) or len(part.octets) > rule.cap:
        raise FormError
    # A browser sends a field of which no file was chosen with an empty name and nothing in it.
    return part if part.octets else None


def _require_token(request: Request, sent: list[Part]) -> None:
    visitor = request.scope["visitor"]
    if isinstance(visitor, Visitor):
        wanted = visitor.csrf
    else:
        visit = cookies.read(request, cookies.VISIT)
        if not visit:
            raise CrossSiteError
        wanted = sessions.csrf_of(desk_of(request).store.key, visit)
    if len(sent) != 1 or not isinstance(sent[0], str):
        raise CrossSiteError
    if not hmac.compare_digest(wanted.encode(), sent[0].encode("utf-8", "surrogatepass")):
        raise CrossSiteError
