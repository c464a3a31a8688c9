"""`fedquery policy diff`: what a new file changes for whom."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from fedquery.cli.policy import page
from fedquery.cli.policy.files import SCHEMA, PolicyFile, read_capped, read_policies
from fedquery.cli.table import console
from fedquery.config.exit_codes import ExitCode
from fedquery.errors import InputError
from fedquery.policy.difference import PlaneDifference, compare
from fedquery.policy.load import load_rules
from fedquery.policy.rules import Rules
from fedquery.policy.source import MAX_BYTES, read_source
from fedquery.policy.told import NO_RULE, Reworded, Told, ToldRule, reworded, tell

_PATH: Final = click.Path(exists=True, path_type=Path)
_HEADS: Final = {
    "widened": "Widened",
    "narrowed": "Narrowed",
    "reason": "The same, for another reason",
}
_MARKS: Final = {"widened": "▲", "narrowed": "▼", "reason": "="}
_STYLES: Final = {"widened": "bold yellow", "narrowed": "bold green", "reason": "dim"}
_SHOWN: Final = 12
_NO_REASONS: Final = (
    "; the files are too large to look for changes of the reason alone, and rules are those of an "
    "example"
)
_INDENT: Final = (0, 0, 0, 5)


@dataclass(frozen=True, slots=True)
class _Compared:
    """The difference of one nation's two files."""

    old: Rules
    new: Rules
    planes: tuple[PlaneDifference, ...]
    told: tuple[Told, ...]
    reworded: tuple[Reworded, ...]

    @property
    def not_covered(self) -> tuple[str, ...]:
        return tuple(one for plane in self.planes for one in plane.not_covered)

    @property
    def situations(self) -> int:
        return sum(plane.situations for plane in self.planes)

    @property
    def checked(self) -> int:
        return sum(plane.checked for plane in self.planes)

    def of(self, kind: str) -> list[Told]:
        return [one for one in self.told if one.kind == kind]


@click.command()
@click.argument("old", type=_PATH)
@click.argument("new", type=_PATH)
@click.option(
    "--schema",
    type=click.Path(path_type=Path),
    help="The schema of both; by default that beside OLD.",
)
@click.option("--nation", help="Whose files they are; by default their names say so.")
@click.option("--html", "html_file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def diff(
    old: Path,
    new: Path,
    *,
    schema: Path | None,
    nation: str | None,
    html_file: Path | None,
    as_json: bool,
) -> int:
    """Show by effect what changes from OLD to NEW: two files of a nation, or two directories.

    Every kind of situation that the two files can tell apart is compared. What could not be covered
    is said.

    Exit code 1: somebody may learn more. 0: nobody may. 3: nobody may, as far as was covered.
    """
    compared = [_compare(*pair) for pair in _pairs(old, new, schema, nation)]
    if html_file is not None:
        html_file.write_text(_page(compared), encoding="utf-8")
        click.echo(f"{html_file}: {', '.join(one.old.nation for one in compared)}", err=True)
    if as_json:
        click.echo(json.dumps(_document(compared), indent=2))
    elif html_file is None:
        out = console()
        for one in compared:
            _print(out, one)
    if any(one.of("widened") for one in compared):
        return 1
    return ExitCode.SOME if any(one.not_covered for one in compared) else ExitCode.OK


def _pairs(
    old: Path, new: Path, schema: Path | None, nation: str | None
) -> Iterator[tuple[PolicyFile, PolicyFile]]:
    if schema is None:
        # A draft need not lie beside the schema that all nations share.
        schema, beside_new = (
            (each if each.is_dir() else each.parent) / SCHEMA for each in (old, new)
        )
        if beside_new.exists() and read_capped(beside_new, MAX_BYTES) != read_capped(
            schema, MAX_BYTES
        ):
            raise InputError(
                "the two sides have different schemas, and their words may mean different things",
                do="Compare the schemas first; then name the one to be in force with --schema.",
            )
    before, after = (
        {file.nation: file for file in read_policies([path], schema, nation)} for path in (old, new)
    )
    if before.keys() != after.keys():
        raise InputError(
            "the two sides are not of the same nations",
            do="Name two files of one nation (--nation), or two directories with the same files.",
        )
    for code in sorted(before):
        yield before[code], after[code]


def _compare(before: PolicyFile, after: PolicyFile) -> _Compared:
    old, new = (load_rules(file.octets, file.schema, file.nation) for file in (before, after))
    planes = compare(old, new, read_source(before.schema, "policy schema"))
    return _Compared(
        old=old,
        new=new,
        planes=planes,
        told=tuple(one for plane in planes for one in tell(plane, old, new)),
        reworded=tuple(reworded(old, new)),
    )


def _print(out: Console, compared: _Compared) -> None:
    out.print(Text(f"{compared.old.nation}: {_summary(compared)}", style="bold"))
    for kind, head in _HEADS.items():
        changes = compared.of(kind)
        if changes:
            out.print()
            out.print(Text(head, style=_STYLES[kind]))
        for number, one in enumerate(changes[:_SHOWN], 1):
            out.print(Text(f"{_MARKS[kind]} {number}. {one.sentence}."))
            if one.where:
                out.print(Padding(Text(f"if {'; '.join(one.where)}"), _INDENT))
            out.print(Padding(Text(_by(one), style="dim"), _INDENT))
        if len(changes) > _SHOWN:
            out.print(f"  and {len(changes) - _SHOWN} more: --json or --html has all")
    for changed in compared.reworded:
        out.print()
        out.print(Text(f"{changed.policy_id}: another {changed.what}"))
        out.print(Text(f"     before: {changed.before}\n     now:    {changed.after}", style="dim"))
    for text in compared.not_covered:
        out.print(Text(f"not covered: {text}", style="bold"))
    out.print()
    out.print(Text(_coverage(compared), style="dim"))


def _summary(compared: _Compared) -> str:
    counts = [(len(compared.of(kind)), word) for kind, word in _COUNTED.items()]
    told = [f"{count} {word}" for count, word in counts if count]
    told += [f"{len(compared.reworded)} reworded"] * bool(compared.reworded)
    return ", ".join(told) or "no difference in effect"


_COUNTED: Final = {"widened": "widened", "narrowed": "narrowed", "reason": "for another reason"}


def _coverage(compared: _Compared) -> str:
    reasons = "" if all(plane.reasons for plane in compared.planes) else _NO_REASONS
    return (
        f"{compared.situations:,} kinds of situations compared, {compared.checked:,} of them "
        f"decided by the engine with both whole files{reasons}"
    )


def _by(one: Told) -> str:
    faults = [" (cannot be evaluated: fault)" if fault else "" for fault in one.faults]
    before, after = (_names(rules) for rules in (one.rules_before, one.rules_after))
    return f"before: {before}{faults[0]}; now: {after}{faults[1]}"


def _names(rules: Sequence[ToldRule]) -> str:
    return " or ".join(rule.policy_id or NO_RULE for rule in rules)


def _document(compared: Iterable[_Compared]) -> dict[str, object]:
    return {
        "schema": "fedquery/policy-diff/v1",
        "nations": [
            {
                "nation": one.old.nation,
                "old": one.old.digest.hex(),
                "new": one.new.digest.hex(),
                "policy_schema": one.old.schema_digest.hex(),
                "situations": one.situations,
                "checked": one.checked,
                "not_covered": list(one.not_covered),
                "changes": [_change(told) for told in one.told],
                "reworded": [asdict(changed) for changed in one.reworded],
            }
            for one in compared
        ],
    }


def _change(told: Told) -> dict[str, object]:
    return {
        "kind": told.kind,
        "asked": told.asked,
        "before": told.before,
        "after": told.after,
        "sentence": told.sentence,
        "where": list(told.where),
        "rules_before": [rule.policy_id for rule in told.rules_before if rule.policy_id],
        "rules_after": [rule.policy_id for rule in told.rules_after if rule.policy_id],
        "fault_before": told.faults[0],
        "fault_after": told.faults[1],
        "situations": told.situations,
        "example": told.change.example,
    }


def _page(compared: Sequence[_Compared]) -> str:
    parts: list[page.Html] = []
    for one in compared:
        nation = one.old.nation
        head = page.element("small", page.text(_summary(one)))
        parts.append(page.element("h2", page.text(nation), head))
        parts += [_changes(one.of(kind), head) for kind, head in _HEADS.items() if one.of(kind)]
        parts += [_rewording(one.reworded)] if one.reworded else []
        parts += [_warning(one.not_covered)] if one.not_covered else []
        parts.append(page.element("p", page.text(f"{_coverage(one)}."), class_="note"))
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
    tag = page.element("span", page.text(f"{_MARKS[one.kind]} {_TAGS[one.kind]}"), class_="tag")
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
