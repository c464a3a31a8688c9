"""Whatever lists the kinds of identifiers lists those of the registry, and no others."""

import json
import re
from pathlib import Path

import pytest
from fedquery_node.config import DatasetSettings
from pydantic import ValidationError

from fedquery.cli.lookup import lookup
from fedquery.config.scalar import Rule
from fedquery.gateway.bodies import IdentifierBody
from fedquery.identifiers import kinds

ROOT = Path(__file__).parents[2]


def read(path):
    """Read a file of the tree."""
    return (ROOT / path).read_text(encoding="utf-8")


def rows(text):
    """List name and label of each row of the table of kinds."""
    table = text.partition("### Kinds\n")[2].partition("\n### ")[0]
    return re.findall(r"^\| `([a-z-]+)` \| ([^|]+) \|", table, re.MULTILINE)


def of_schema(text):
    """List the kinds of the policies' schema."""
    (words,) = re.findall(r"^entity Kind +enum \[([^\]]*)\];", text, re.MULTILINE)
    return re.findall(r'"([^"]+)"', words)


def of_option(text):
    """List the kinds that the page of the commands names for `--kind`."""
    (words,) = re.findall(r"`--kind` \(auto, ([a-z, -]+);", text)
    return words.split(", ")


def test_the_page_of_the_operator_has_the_table():
    """Each kind by name and label, in the order of the registry."""
    assert [(kind.name, kind.label) for kind in kinds().values()] == rows(read("docs/operating.md"))


def test_the_policies_schema_has_the_kinds():
    """In the order of the registry as well, so that one reads the same list everywhere."""
    assert list(kinds()) == of_schema(read("policies/schema.cedarschema"))


def test_the_option_is_documented_with_the_kinds():
    """What `--kind` takes is what its page says."""
    assert list(kinds()) == of_option(read("docs/cli.md"))


def test_a_list_that_lags_behind_is_found():
    """The checks above see one kind more, and one less."""
    assert [("fax", "fax number")] == rows("### Kinds\n\n| `fax` | fax number | x |\n\n### Next\n")
    assert ["phone"] == of_schema('entity Kind       enum ["phone"];')
    assert ["phone", "e-wallet"] == of_option("`--kind` (auto, phone, e-wallet; more)")


def test_settings_options_and_bodies_are_made_of_the_table():
    """A node's setting, the option of a lookup and the gateway's body take the same names."""
    (setting,) = [
        one.metadata["rule"]
        for one in DatasetSettings.__dataclass_fields__.values()
        if one.name == "kind"
    ]
    assert isinstance(setting, Rule)
    assert tuple(kinds()) == setting.choices
    (option,) = [one for one in lookup.params if one.name == "kind"]
    assert ["auto", *kinds()] == list(option.type.choices)
    assert [*kinds()] == IdentifierBody.model_json_schema()["properties"]["kind"]["enum"]


def test_the_gateway_refuses_an_unknown_kind_by_a_word():
    """And without what was sent, as its faults have pointer and word alone."""
    with pytest.raises(ValidationError) as caught:
        IdentifierBody(kind="fax", text="+66812345678")
    assert ["unknown_kind"] == [one["type"] for one in caught.value.errors()]


@pytest.mark.parametrize("items", ["identifiers", "outcomes"])
def test_the_schema_of_results_has_the_kinds(items):
    """Each place of result.v1 that names a kind."""
    schema = json.loads(read("docs/schemas/result.v1.json"))
    found = schema["properties"][items]["items"]
    assert list(kinds()) == found["properties"]["kind"]["enum"]
