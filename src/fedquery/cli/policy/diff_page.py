"""The page of `fedquery policy diff`, and the words that it shares with the terminal."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from fedquery.cli.policy import page
from fedquery.policy.compared import Compared
from fedquery.policy.told import NO_RULE, Reworded, Told, ToldRule

HEADS: Final = {
    "widened": "Widened",
    "narrowed": "Narrowed",
    "reason": "The same, for another reason",
}
MARKS: Final = {"widened": "▲", "narrowed": "▼", "reason": "="}
_NO_REASONS: Final = (
    "; the files are too large to look for changes of the reason alone, and rules are those of an "
    "example"
)


def summary(compared: Compared) -> str:
    """Count the changes in words."""
    counts = [(len(compared.of(kind)), word) for kind, word in _COUNTED.items()]
    told = [f"{count} {word}" for count, word in counts if count]
    told += [f"{len(compared.reworded)} reworded"] * bool(compared.reworded)
    return ", ".join(told) or "no difference in effect"


_COUNTED: Final = {"widened": "widened", "narrowed": "narrowed", "reason": "for another reason"}


def coverage(compared: Compared) -> str:
    """Say how much was compared."""
    reasons = "" if all(plane.reasons for plane in compared.planes) else _NO_REASONS
    return (
        f"{compared.situations:,} kinds of situations compared, {compared.checked:,} of them "
        f"decided by the engine with both whole files{reasons}"
    )


def diff_page(compared: Sequence[Compared]) -> str:
    """Write the page: each nation's changes, what was compared, and the digests."""
    parts: list[page.Html] = []
    for one in compared:
        nation = one.old.nation
        head = page.element("small", page.text(summary(one)))
        parts.append(page.element("h2", page.text(nation), head))
        parts += [_changes(one.of(kind), head) for kind, head in HEADS.items() if one.of(kind)]
        parts += [_rewording(one.reworded)] if one.reworded else []
        parts += [_warning(one.not_covered)] if one.not_covered else []
        parts.append(page.element("p", page.text(f"{coverage(one)}."), class_="note"))
        parts.append(
            page.facts(
                [
                    ("Before, SHA-256", one.old.digest.hex()),
                    ("Now, SHA-256", one.new.digest.hex()),
                    ("Schema, SHA-256", one.old.schema_digest.hex()),
                ],
                class_="facts digests",
            )
        )
    lede = (
        "The difference between two versions of a policy file, by effect: what changes for whom, "
        "and in which situations. Each card says one change; its conditions hold together."
    )
    return page.page("What the new policy changes", lede, page.join(parts))


def _changes(changes: Sequence[Told], head: str) -> page.Html:
    cards = [_card(one) for one in changes]
    return page.join(
        [
            page.element("h3", page.text(f"{head} ({len(cards)})")),
            page.element("ul", *cards, class_="changes"),
        ]
    )


def _card(one: Told) -> page.Html:
    tag = page.element("span", page.text(f"{MARKS[one.kind]} {_TAGS[one.kind]}"), class_="tag")
    levels = [page.level(one.before)]
    if one.before != one.after:
        levels += [page.element("span", page.text("→")), page.level(one.after)]
    parts = [
        page.element("p", tag, *levels, class_="step"),
        page.element("p", page.text(f"{one.sentence}."), class_="sentence"),
    ]
    if one.where:
        conditions = [page.element("li", page.text(text)) for text in one.where]
        parts.append(page.element("ul", *conditions, class_="where", aria_label="Conditions"))
    for word, rules, fault in (
        ("Before", one.rules_before, one.faults[0]),
        ("Now", one.rules_after, one.faults[1]),
    ):
        told = "; ".join(map(_cited, rules))
        note = " (some of it cannot be evaluated: fault)" if fault else ""
        parts.append(page.element("p", page.text(f"{word}: {told}{note}"), class_="by"))
    return page.element("li", *parts, class_=f"change {one.kind}")


def _cited(rule: ToldRule) -> str:
    return f"{rule.policy_id} “{rule.title}”" if rule.policy_id else NO_RULE


_TAGS: Final = {"widened": "widened", "narrowed": "narrowed", "reason": "another reason"}


def _rewording(changed: Sequence[Reworded]) -> page.Html:
    rows = [
        page.element(
            "tr", *(page.element("td", page.text(value)) for value in asdict(one).values())
        )
        for one in changed
    ]
    heads = [
        page.element("th", page.text(word), scope="col")
        for word in ("Rule", "What", "Before", "Now")
    ]
    return page.join(
        [
            page.element("h3", page.text("Other words")),
            page.element(
                "table",
                page.element("thead", page.element("tr", *heads)),
                page.element("tbody", *rows),
            ),
        ]
    )


def _warning(texts: Sequence[str]) -> page.Html:
    listed = page.element("ul", *(page.element("li", page.text(text)) for text in texts))
    return page.element("div", page.text("Not covered"), listed, class_="warning", role="note")
