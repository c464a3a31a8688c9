"""Every command, option, setting, error and log event stands in the documentation."""

import ast
import dataclasses
import importlib
import pkgutil
from pathlib import Path
from typing import get_args, get_type_hints

import click
import fedquery_coordinator
import fedquery_node
import pytest
from fedquery_coordinator.cli import cli as coordinator_cli
from fedquery_coordinator.config import CoordinatorSettings
from fedquery_node.cli import cli as node_cli
from fedquery_node.config import NodeSettings

import fedquery
from fedquery.ask.config import AskSettings
from fedquery.cli.commands import cli as asker_cli
from fedquery.config.exit_codes import ExitCode
from fedquery.errors import FedqueryError
from fedquery.transport.problems import _TITLES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SOURCES = [*ROOT.glob("src/**/*.py"), *ROOT.glob("node/**/*.py"), *ROOT.glob("coordinator/**/*.py")]


def commands(group, path=()):
    """Walk a tree of commands."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def missing_commands(group, program, text):
    """List the commands and options of a program that a text does not name."""
    missing = [
        option
        for parameter in group.params
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("--") and f"`{option}" not in text
    ]
    for path, command in commands(group):
        if f"`{program} {' '.join(path)}" not in text:
            missing.append(" ".join(path))
        missing += [
            f"{' '.join(path)} {option}"
            for parameter in command.params
            for option in (*parameter.opts, *parameter.secondary_opts)
            if option.startswith("--") and f"`{option}" not in text
        ]
    return missing


def settings(cls, prefix=""):
    """List the dotted names of a settings class; a table with free keys is `*`."""
    hints = get_type_hints(cls)
    for field in dataclasses.fields(cls):
        hint = hints[field.name]
        inner = [one for one in (hint, *get_args(hint)) if dataclasses.is_dataclass(one)]
        if not inner:
            yield f"{prefix}{field.name}"
        for one in inner:
            star = "" if one is hint else "*."
            yield from settings(one, f"{prefix}{field.name}.{star}")


def slugs():
    """List every slug: of errors, of refusals, of statuses and of problems."""
    for package in (fedquery, fedquery_node, fedquery_coordinator):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    found = {slug for slug, _ in _TITLES.values()}
    waiting = [FedqueryError]
    while waiting:
        kind = waiting.pop()
        found.add(kind.slug)
        waiting += kind.__subclasses__()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                place = {"Refusal": 0, "StatusError": 1, "Problem": 1}.get(node.func.id)
                if place is not None and len(node.args) > place:
                    argument = node.args[place]
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        found.add(argument.value)
    return found


def events():
    """List the events of the log that have a literal name."""
    found = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "logs"
                and node.func.attr in {"event", "fault", "request"}
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                found.add(node.args[0].value)
    return found


def read(name):
    """Read a page."""
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("group", "program", "page"),
    [
        (asker_cli, "fedquery", "cli.md"),
        (node_cli, "fedquery-node", "operating.md"),
        (coordinator_cli, "fedquery-coordinator", "operating.md"),
    ],
)
def test_every_command_and_option_is_documented(group, program, page):
    """By its name, in code, on its page."""
    assert [] == missing_commands(group, program, read(page))


@pytest.mark.parametrize("group", [asker_cli, node_cli, coordinator_cli])
def test_examples_in_help_texts_keep_their_lines(group):
    """The one character that click knows stands there, not the two letters of a raw text."""
    helps = {path: command.help or "" for path, command in commands(group)}
    assert [] == [path for path, text in helps.items() if r"\b" in text]
    assert any("\b" in text for text in helps.values()) or group is coordinator_cli


def test_a_command_that_is_not_documented_is_found():
    """The test above can fail: for a command, and for an option."""

    @click.group()
    def group():
        """Do nothing."""

    @group.command()
    @click.option("--secret-option")
    def hidden(secret_option):
        """Do nothing."""

    assert ["hidden", "hidden --secret-option"] == missing_commands(group, "p", "")
    assert [] == missing_commands(group, "p", "`p hidden` `--secret-option`")


@pytest.mark.parametrize(
    ("cls", "page"),
    [
        (AskSettings, "cli.md"),
        (NodeSettings, "operating.md"),
        (CoordinatorSettings, "operating.md"),
    ],
)
def test_every_setting_is_documented(cls, page):
    """By its dotted name, in code, on its page."""
    text = read(page)
    assert [] == [name for name in settings(cls) if f"`{name}`" not in text]


def test_settings_are_walked_into_tables():
    """The test above sees nested settings."""
    assert {"quota.agency.hour", "datasets.*.columns.identifier"} <= set(settings(NodeSettings))


def test_every_error_is_documented():
    """By its slug, on the page of errors."""
    text = read("errors.md")
    assert [] == sorted(slug for slug in slugs() if f"`{slug}`" not in text)
    assert {"policy-denied", "quota", "seal-invalid", "unauthenticated"} <= slugs()


def test_every_event_is_documented():
    """By its name, on the operator's page."""
    text = read("operating.md")
    assert [] == sorted(event for event in events() if f"`{event}`" not in text)
    assert {"ready" in text, "stopped" in events()} == {True}


def test_every_exit_code_is_documented():
    """By its number, on the page of the commands."""
    text = read("cli.md")
    assert [] == [code.name for code in ExitCode if f"| {int(code)} |" not in text]
