"""The comparison as Markdown: a table for each size of dataset."""

from collections.abc import Iterable, Mapping
from typing import Any

_KB, _MB = 1_000, 1_000_000
_NONE = "-"


def markdown(document: Mapping[str, Any]) -> str:
    """Write what was measured as tables, and what the columns are.

    Args:
        document: the results, as they are written as JSON.
    """
    machine = document["machine"]
    parts = [
        f"# fedquery beside its peers, {machine['date']}\n",
        _machine(machine),
    ]
    for rows, contenders in document["rows"].items():
        parts.append(f"## {int(rows):,} rows\n")
        parts.append(_setup(contenders))
        parts.append(_asked(contenders))
        parts.extend(
            f"{name} was left out: {found['skipped']}.\n"
            for name, found in contenders.items()
            if "skipped" in found
        )
    return "\n".join(parts)


def _machine(machine: Mapping[str, Any]) -> str:
    return (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
        f"{machine['system']}, Python {machine['python']}; commit {machine['commit']}. "
        "Each figure is a median; in brackets the rate over bare libsodium scalar multiplications "
        "on one core, measured right before and after that figure.\n"
    )


def reference_per_s(found: Mapping[str, Any]) -> float:
    """Give the reference of a figure: the mean of before and after."""
    before, after = found["reference_per_s"]
    return float(before + after) / 2


def _setup(contenders: Mapping[str, Any]) -> str:
    lines = []
    for name, found in _measured(contenders):
        steps = ", ".join(f"{step['name']} {step['wall_s']:.1f} s" for step in found["setup"])
        handed = found["octets"]["hand_over"]
        per_s = 1e6 / found["setup_us_per_row"]
        lines.append(
            [
                name,
                steps,
                f"{found['setup_us_per_row']} ({per_s / reference_per_s(found):.2f})",
                str(found["setup_cpu_us_per_row"]),
                f"{max(step['peak_mib'] for step in found['setup']):.0f}",
                _NONE if handed is None else f"{_octets(handed['down'])}",
                _NONE if found["hand_over_s"] is None else f"{found['hand_over_s']:.2f} s",
                f"{found['cold_s'] * 1000:.0f} ms",
                ", ".join(f"{who} {mib:.0f}" for who, mib in found["peak_mib"].items()),
                f"{reference_per_s(found):,.0f}",
            ]
        )
    return _table(
        [
            "",
            "set-up",
            "us a row (ratio)",
            "us of processor a row",
            "MiB then",
            "once to the asker",
            "in",
            "one identifier, new process",
            "most MiB since",
            "reference/s",
        ],
        lines,
    )


def _asked(contenders: Mapping[str, Any]) -> str:
    lines = []
    for name, found in _measured(contenders):
        octets = {(one["way"], one["count"]): one for one in found["octets"]["asked"]}
        for one in found["asked"]:
            counted = octets[one["way"], one["count"]]
            ratio = one["per_s"] / reference_per_s(one)
            lines.append(
                [
                    f"{name}, {one['way']}",
                    f"{one['count']:,}",
                    _seconds(one["wall_s"]),
                    f"{one['per_s']:,.0f} ({ratio:.2g})",
                    f"{_octets(counted['up'])}, {_octets(counted['down'])}",
                    ", ".join(f"{who} {us:,.0f}" for who, us in one["cpu_us_each"].items()),
                    f"{reference_per_s(one):,.0f}",
                ]
            )
    return _table(
        [
            "",
            "identifiers",
            "took",
            "a second (ratio)",
            "up, down",
            "us of processor each",
            "reference/s",
        ],
        lines,
    )


def _measured(contenders: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    return ((name, found) for name, found in contenders.items() if "skipped" not in found)


def _octets(count: int) -> str:
    if count < _KB:
        return f"{count} B"
    return f"{count / _KB:.3g} kB" if count < _MB else f"{count / _MB:.3g} MB"


def _seconds(duration_s: float) -> str:
    return f"{duration_s * 1000:.1f} ms" if duration_s < 1 else f"{duration_s:.2f} s"


def _table(head: list[str], lines: list[list[str]]) -> str:
    rule = ["---"] * len(head)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (head, rule, *lines))
