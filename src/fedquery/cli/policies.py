"""`fedquery policies`: what other nations tell of their policies and quotas, before a question."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from fedquery.ask import Client
from fedquery.ask.session import Distrusted
from fedquery.ask.why import in_words
from fedquery.cli.usage import option_values
from fedquery.config.exit_codes import ExitCode
from fedquery.federation.ceilings import Ceilings
from fedquery.federation.policy_summary import PolicySummary


@dataclass(frozen=True, slots=True)
class Told:
    """What one nation tells.

    Attributes:
        policy: its rules; None where it tells none, or why it cannot be asked.
        ceilings: its ordinary quota; None where it tells none.
    """

    policy: PolicySummary | Distrusted | None
    ceilings: Ceilings | None = None


@click.command()
@click.option("--nations", help="Of whom, such as VN,LA; of all by default.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def policies(home: Path, *, nations: str | None, as_json: bool) -> int:
    """Show the rules of other nations by title and level, and their quotas, as their nodes signed.

    Conditions are not told: whether a rule applies to a case, only the answer says. Nor is what is
    left of a quota.

    Exit code 0: every nation tells. 3: some do not, or cannot be asked. 4: none does.
    """
    chosen = None if nations is None else [one.strip().upper() for one in nations.split(",")]
    told = asyncio.run(_told(Client.open(home), chosen))
    if as_json:
        click.echo(json.dumps({nation: _document(one) for nation, one in told.items()}, indent=2))
    else:
        for nation, one in told.items():
            click.echo(_text(nation, one))
    silent = [one for one in told.values() if not isinstance(one.policy, PolicySummary)]
    if not silent:
        return ExitCode.OK
    return ExitCode.NONE if len(silent) == len(told) else ExitCode.SOME


async def _told(client: Client, nations: list[str] | None) -> dict[str, Told]:
    async with client:
        with option_values():
            client.choose(nations)
        policies = await client.policies(nations)
        quotas = await client.ceilings(nations)
    return {
        nation: Told(policy, quota if isinstance(quota := quotas[nation], Ceilings) else None)
        for nation, policy in policies.items()
    }


def _text(nation: str, one: Told) -> str:
    policy = one.policy
    if isinstance(policy, Distrusted):
        return f"{nation}  cannot be asked: {in_words(policy.why)[0]}\n"
    if policy is None:
        lines = [f"{nation}  tells nothing of its policy"]
    else:
        lines = [f"{nation}  policy {policy.digest.hex()[:16]}", *_rules(policy)]
    return "\n".join([*lines, *_quota(one.ceilings)]) + "\n"


def _rules(policy: PolicySummary) -> Iterator[str]:
    for rule in policy.rules:
        yield f"    {rule.policy_id:<8} {_words(rule.effect, rule.level):<26} {rule.title}"
    if policy.more:
        yield f"    and {policy.more} more"


def _quota(ceilings: Ceilings | None) -> Iterator[str]:
    if ceilings is None:
        yield "    tells nothing of its quota"
        return
    of = (("each agency", ceilings.agency), ("all of a nation", ceilings.nation))
    for whose, one in of:
        yield (
            f"    quota of {whose}: {one.hour:,} elements an hour, {one.day:,} a day,"
            f" {one.year:,} a year"
        )
    yield f"    quota of each case: {ceilings.case:,}"


def _words(effect: str, level: str) -> str:
    return f"permits {level}" if effect == "permit" else f"forbids {level}"


def _document(one: Told) -> dict[str, object]:
    policy, ceilings = one.policy, one.ceilings
    quota = None if ceilings is None else ceilings.to_json()
    if not isinstance(policy, PolicySummary):
        why = "" if policy is None else policy.why
        return {"policy": None, "why": why, "quota": quota}
    rules = [
        {"id": rule.policy_id, "effect": rule.effect, "level": rule.level, "title": rule.title}
        for rule in policy.rules
    ]
    told = {"digest": policy.digest.hex(), "rules": rules, "more": policy.more}
    return {"policy": told, "why": "", "quota": quota}
