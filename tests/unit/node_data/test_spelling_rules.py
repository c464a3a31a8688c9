"""A release with other spelling rules: rows keep theirs until they are imported anew.

The pretended change: phones were written with a `0` after the country code before.
"""

import hashlib
import secrets
from dataclasses import replace
from types import SimpleNamespace

import pytest
from fedquery_node import import_row, schema, spelling, withdrawal
from fedquery_node.config import load_settings
from fedquery_node.importer import Importer
from fedquery_node.keystore import KeyStore
from fedquery_node.publish import Publisher
from hypothesis import given
from hypothesis import strategies as st
from support.importing import run as import_rows
from unit.node_data.test_importer import GOOD, NODE_TOML, NOW_MS, lines

from fedquery.errors import EncodingError
from fedquery.identifiers import former, parse, vectors, vectors_digest
from fedquery.identifiers.rules import Former, Rules, Spelled, as_today
from fedquery.tabular import FileError

OLD = vectors_digest("phone")
NEW = hashlib.sha256(b"the rules of phones to come").digest()
SECOND = {**GOOD, "identifier": "+84855501991", "reference": "R2"}
TODAY_FORM, OLD_FORM = b"phone:v1:+84855501990", b"phone:v1:+840855501990"


def before(identifier):
    """Give the former form of a phone."""
    octets = identifier.encode()
    return (Spelled(octets[:12] + b"0" + octets[12:], exact=True),)


@pytest.fixture
def node(tmp_path):
    """Give a node's data directory with its database open."""
    (tmp_path / "node.toml").write_text(NODE_TOML)
    settings = load_settings(tmp_path)
    keys = KeyStore(tmp_path)
    keys.make_directories()
    keys.create("log", secrets.token_bytes(32))
    schema.create(tmp_path, settings)
    connection = schema.connect(tmp_path)

    def run(*rows, **changes):
        importer = Importer(settings, "phones", frozenset({"TH", "LA"}), NOW_MS, **changes)
        return import_rows(importer, connection, lines(*rows))

    def publish():
        publisher = Publisher(tmp_path, settings, keys, secrets.token_bytes, lambda: 0)
        return publisher.publish(connection, "phones", ["TH", "LA"], NOW_MS)

    yield SimpleNamespace(connection=connection, run=run, publish=publish)
    connection.close()


@pytest.fixture
def upgrade(monkeypatch):
    """Install a release whose phones are written otherwise."""

    def change(spelling_before=before):
        monkeypatch.setattr(vectors, "digest", lambda _kind: NEW)
        rows = () if spelling_before is None else (Former(OLD, spelling_before),)
        monkeypatch.setattr(former, "FORMER", {"phone": rows})

    return change


def rows_of(node):
    """List the identifiers that the next publication has."""
    return sorted(
        octets
        for (octets,) in node.connection.execute(
            "SELECT identifier FROM subject WHERE EXISTS (SELECT 1 FROM record WHERE subject_id"
            " = subject.id) OR EXISTS (SELECT 1 FROM found_under WHERE form_id = subject.id)"
        )
    )


def test_rows_keep_their_rules_until_they_are_imported_anew(node, upgrade):
    """A new release does not say of old rows that they are written by its rules."""
    node.run(GOOD)
    upgrade()
    publication = node.publish().publication
    assert (OLD,) == publication.rules
    today = (NEW, OLD)
    assert "import --replace" in spelling.difference(node.connection, "phones", today)
    # Rows of two rules in one dataset would have no digest.
    with pytest.raises(FileError) as refused:
        node.run(SECOND)
    assert "--replace" in refused.value.do
    assert (OLD,) == spelling.digests_of(node.connection, "phones", "phone")
    node.run(GOOD, SECOND, replace=True)
    assert "" == spelling.difference(node.connection, "phones", today)
    published = node.publish()
    assert (NEW, OLD) == published.publication.rules
    # Each record under its new form and under its former one.
    assert 4 == published.rows
    assert [OLD_FORM, TODAY_FORM] == [form for form in rows_of(node) if form.endswith(b"990")]
    node.run(SECOND)


def test_a_hit_from_before_the_change_can_be_claimed_after_it(node, upgrade, monkeypatch):
    """The row that it names is the former form's now, and the record is found under that."""
    node.run(GOOD)
    (hit,) = node.connection.execute("SELECT subject_id FROM record").fetchone()

    def read_anew(*asked):
        read = parse(*asked)
        return replace(read, identifier=replace(read.identifier, canonical="+840855501990"))

    def refuse(_form):
        raise EncodingError("no form of today")

    monkeypatch.setattr(import_row, "parse", read_anew)
    monkeypatch.setattr(import_row, "decode", refuse)
    upgrade(lambda _identifier: (Spelled(TODAY_FORM, exact=True),))
    node.run(GOOD, replace=True)
    assert [OLD_FORM, TODAY_FORM] == rows_of(node)
    (found,) = node.connection.execute(
        "SELECT identifier FROM record JOIN found_under USING (subject_id)"
        " JOIN subject ON subject.id = subject_id WHERE form_id = ?",
        (hit,),
    )
    assert (OLD_FORM,) == found


def test_a_release_that_forgets_the_second_form_is_found(node, upgrade):
    """The check of both forms above is not passed by one that says nothing was changed."""
    upgrade(as_today)
    node.run(GOOD, SECOND)
    published = node.publish()
    assert (NEW, OLD) == published.publication.rules
    assert 2 == published.rows
    assert OLD_FORM not in rows_of(node)


def test_former_forms_go_with_the_rules_that_they_are_of(node, upgrade):
    """A form for nobody could come to be another's: it is gone, with its identifier."""
    upgrade()
    node.run(GOOD)
    assert [OLD_FORM, TODAY_FORM] == rows_of(node)
    upgrade(None)
    # Rows that lack the former form may stand beside those that have it, but it is said no more.
    node.run(SECOND)
    assert (NEW,) == spelling.digests_of(node.connection, "phones", "phone")
    upgrade()
    node.run(SECOND)
    assert (NEW,) == spelling.digests_of(node.connection, "phones", "phone")
    assert "lack the forms" in spelling.difference(node.connection, "phones", (NEW, OLD))
    upgrade(None)
    node.run(GOOD, SECOND, replace=True)
    assert not [form for form in rows_of(node) if form.startswith(b"phone:v1:+840")]
    upgrade()
    node.run(GOOD, replace=True)
    assert (NEW, OLD) == spelling.digests_of(node.connection, "phones", "phone")
    upgrade(None)
    node.run(GOOD, replace=True)
    assert [TODAY_FORM] == rows_of(node)
    kept = node.connection.execute("SELECT identifier FROM subject").fetchall()
    assert (OLD_FORM,) not in kept


def test_a_former_form_that_is_another_identifier_today_is_refused(node, upgrade):
    """Whoever asks about that one would be told of this record."""
    upgrade(lambda _identifier: (Spelled(b"phone:v1:+84855501999", exact=True),))
    report = node.run(GOOD)
    assert (0, {"former-form": 1}) == (report.imported, dict(report.refused))
    # Its own form is no other's.
    upgrade(as_today)
    assert 1 == node.run(GOOD).imported


def test_an_import_that_is_refused_changes_no_rules(node, upgrade):
    """Rules and rows change in one transaction."""
    node.run(GOOD)
    upgrade()
    report = node.run({**GOOD, "release_to": "XX"}, replace=True)
    assert 0 == report.imported
    assert (OLD,) == spelling.digests_of(node.connection, "phones", "phone")
    assert [TODAY_FORM] == rows_of(node)


def test_a_dataset_without_records_takes_the_rules_of_today(node, upgrade):
    """There is nothing in it that other rules wrote."""
    node.run(GOOD)
    withdrawal.withdraw(node.connection, "phones", [(1, "R1")], skip_unknown=False)
    upgrade()
    node.run(SECOND)
    assert (NEW, OLD) == spelling.digests_of(node.connection, "phones", "phone")


digests = st.sampled_from([bytes([number]) * 32 for number in range(4)])


@st.composite
def some_rules(draw):
    """Draw rules with up to two before them."""
    first, *rest = draw(st.lists(digests, min_size=1, max_size=3, unique=True))
    return Rules(first, tuple(Former(digest, as_today) for digest in rest))


@given(st.lists(st.tuples(some_rules(), st.booleans()), min_size=1, max_size=6))
def test_a_dataset_never_says_rules_that_a_row_of_it_lacks(imports):
    """Whatever releases import into it, one after the other."""
    said, rows = None, []
    for rules, whole in imports:
        after = spelling.kept_by(said, rules, whole=whole)
        if after is None:
            assert rows[0].digest != rules.digest
            continue
        said, rows = after, [rules] if whole else [*rows, rules]
        assert all(row.digest == said[0] for row in rows)
        assert all(set(said) <= set(row.digests) for row in rows)
