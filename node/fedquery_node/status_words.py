"""How `status` reads what was gathered, and writes times."""

from datetime import UTC, datetime

from fedquery.encoding.canonical_json import Json


def dicts(value: Json) -> list[dict[str, Json]]:
    """Give the objects of a list; none where it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def moment(value: Json) -> str:
    """Write a time in ms since 1970 for a person; nothing where there is none."""
    if not isinstance(value, int):
        return ""
    return datetime.fromtimestamp(value / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
