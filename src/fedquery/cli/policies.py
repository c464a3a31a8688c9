"""`fedquery policies`: what other nations tell of their policies, before anything is asked."""

import asyncio
import json
from pathlib import Path

import click

from fedquery.ask import Client
from fedquery.ask.session import Distrusted
from fedquery.ask.why import in_words
from fedquery.cli.usage import option_values
from fedquery.config.exit_codes import ExitCode
from fedquery.federation.policy_summary import PolicySummary

Told = dict[str, PolicySummary | Distrusted | None]


@click.command()
@click.option("--nations", help="Of whom, such as VN,LA; of all by default.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def policies(home: Path, *, nations: str | None, as_json: bool) -> int:
    """Show the rules of other nations by title and level, as their nodes signed them.

    Conditions are not told: whether a rule applies to a case, only the answer says.

    Exit code 0: every nation tells. 3: some do not, or cannot be asked. 4: none does.
    """
    chosen = None if nations is None else [one.strip().upper() for one in nations.split(",")]
    told = asyncio.run(_told(Client.open(home), chosen))
    if as_json:
        click.echo(json.dumps({nation: _document(one) for nation, one in told.items()}, indent=2))
    else:
        for nation, one in told.items():
            click.echo(_text(nation, one))
    silent = [one for one in told.values() if not isinstance(one, PolicySummary)]
    if not silent:
        return ExitCode.OK
    return ExitCode.NONE if len(silent) == len(told) else ExitCode.SOME


async def _told(client: Client, nations: list[str] | None) -> Told:
    async with client:
        with option_values():
            client.choose(nations)
        return await client.policies(nations)


def _text(nation: str, one: PolicySummary | Distrusted | None) -> str:
    if one is None:
        return f"{nation}  tells nothing of its policy\n"
    if isinstance(one, Distrusted):
        return f"{nation}  cannot be asked: {in_words(one.why)[0]}\n"
    lines = [f"{nation}  policy {one.digest.hex()[:16]}"]
    lines += [
        f"    {rule.policy_id:<8} {_words(rule.effect, rule.level):<26} {rule.title}"
        for rule in one.rules
    ]
    if one.more:
        lines.append(f"    and {one.more} more")
    return "\n".join(lines) + "\n"


def _words(effect: str, level: str) -> str:
    return f"permits {level}" if effect == "permit" else f"forbids {level}"


def _document(one: PolicySummary | Distrusted | None) -> dict[str, object]:
    if one is None:
        return {"policy": None, "why": ""}
    if isinstance(one, Distrusted):
        return {"policy": None, "why": one.why}
    rules = [
        {"id": rule.policy_id, "effect": rule.effect, "level": rule.level, "title": rule.title}
        for rule in one.rules
    ]
    return {"policy": {"digest": one.digest.hex(), "rules": rules, "more": one.more}, "why": ""}
