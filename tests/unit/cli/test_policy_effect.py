"""`fedquery policy try` and `diff`: tables, pages, CSV, JSON and exit codes."""

import csv
import io
import json
import re
import shutil
from html.parser import HTMLParser

import click
import pytest
from click.testing import CliRunner

from fedquery.cli.commands import cli
from fedquery.errors import InputError

EVIL = "Any <script>alert(1)</script> & partner 'may' learn"
AT = ("--at", "2026-11-24T05:00Z")
VOID = {"meta", "path", "circle"}


class Balanced(HTMLParser):
    """Read a page, and note its tags and whether each is closed."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.attributes = [], set(), []

    def handle_starttag(self, tag, attrs):
        """Note a tag."""
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        """Close the last tag, which must be this one."""
        if tag not in VOID:
            assert tag == self.open.pop()


def run(*arguments):
    """Run a command; give its code and its output."""
    done = CliRunner().invoke(cli, ["policy", *map(str, arguments)], standalone_mode=False)
    if done.exception:
        raise done.exception
    return done.return_value or 0, done.stdout


@pytest.fixture
def changed(tmp_path, policies):
    """Copy the policies, and change Thailand's by replacing a text."""

    def change(old, new):
        shutil.copytree(policies.directory, tmp_path / "new", dirs_exist_ok=True)
        path = tmp_path / "new" / "TH.cedar"
        text = (policies.directory / "TH.cedar").read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        return path

    return change


def check_page(text):
    """Require of a page that it is whole, holds nothing that runs, and fetches nothing."""
    page = Balanced()
    page.feed(text)
    assert [] == page.open
    assert {"script", "link", "img", "iframe"}.isdisjoint(page.tags)
    assert [] == [name for name, _ in page.attributes if name.startswith("on") or name == "src"]
    assert re.findall(r"https?://|url\(|@import", text) == []
    assert "default-src 'none'" in text
    assert "<script>" not in text


def test_try_shows_who_may_learn_what(policies):
    """Each nation, dataset and purpose has a level and the rule that grants it."""
    code, out = run("try", policies.directory, *AT, "--signed", "prosecutor", "--json")
    found = json.loads(out)
    assert (0, 6 * 4 * 5, 6) == (code, len(found["cells"]), len(found["files"]))
    assert "prosecutor" == found["situation"]["Signed by"]
    (cell,) = [
        one
        for one in found["cells"]
        if (one["nation"], one["dataset"]["name"], one["purpose"]) == ("TH", "phones", "fraud")
    ]
    assert ("reference", ["TH-02"]) == (cell["disclosed"]["level"], cell["disclosed"]["granting"])


def test_try_prints_the_situation_with_the_table(policies):
    """What is usual is said, so that nobody takes the table for all situations."""
    _, out = run("try", policies.directory / "TH.cedar", *AT)
    assert "Signed by: nobody" in " ".join(out.split())
    assert "◔ hit" in out
    assert "TH-01" in out


def test_try_writes_csv(policies):
    """One line for each cell."""
    _, out = run("try", policies.directory / "MM.cedar", *AT, "--csv", "--purpose", "fraud")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [("MM", "nothing")] * 4 == [(row["nation"], row["level"]) for row in rows]
    assert all("MM-90" in row["by"] for row in rows)


def test_options_change_the_situation(policies):
    """An agency of a joint team in the middle of its quota."""
    options = ("--agency", "LA/team", "--team", "Joint Team 2026-07", "--domestic")
    used = ("--used", "elementsToday=4999", "--dataset", "x:phone:sensitive", "--elements", "4")
    _, out = run("try", policies.directory / "TH.cedar", *AT, *options, *used, "--json")
    found = json.loads(out)
    assert "LA/team (police)" == found["situation"]["Asker"]
    assert "4,999 elements today" == found["situation"]["Used before"]
    levels = {one["purpose"]: one["disclosed"]["level"] for one in found["cells"]}
    assert ("nothing", "hit") == (levels["fraud"], levels["threat to life"])


@pytest.mark.parametrize(
    "bad",
    [
        ("--used", "x=1"),
        ("--used", f"elementsToday={2**60}"),
        ("--dataset", "x"),
        ("--dataset", "x:fone"),
        ("--at", "noon"),
        ("--sort", "army"),
        ("--agency", "Army"),
        ("--opened-days", "99999999"),
    ],
)
def test_what_cannot_be_read_is_a_usage_error(bad, policies):
    """And so says which form it should have."""
    with pytest.raises(click.UsageError):
        run("try", policies.directory / "TH.cedar", *bad)


def test_unknown_teams_are_refused(policies):
    """A team that the schema does not have would be an error of the engine."""
    with pytest.raises(InputError, match="no such team"):
        run("try", policies.directory / "TH.cedar", "--team", "Nobody")


def test_the_page_of_try_escapes_titles(changed, tmp_path):
    """A title with markup is text; digests, legend and rules are there."""
    path = changed("Any partner may learn whether we hold a record", EVIL)
    html = tmp_path / "try.html"
    run("try", path, *AT, "--html", html)
    text = html.read_text()
    check_page(text)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; partner" in text
    assert re.search("[0-9a-f]{64}", text)
    assert "not even whether there is a record" in text


def test_diff_of_a_wider_file(changed, policies, tmp_path):
    """Exit code 1; who may learn what is told, in the terminal, as JSON and as a page."""
    new = changed("maximumPenaltyYears >= 4", "maximumPenaltyYears >= 3")
    old = policies.directory / "TH.cedar"
    code, out = run("diff", old, new)
    assert 1 == code
    assert "may now claim a reference from TH's non-sensitive datasets" in " ".join(out.split())
    code, out = run("diff", old, new, "--json")
    (nation,) = json.loads(out)["nations"]
    kinds = {change["kind"] for change in nation["changes"]}
    assert (1, "TH", True) == (code, nation["nation"], kinds <= {"widened", "reason"})
    assert {"hit"} == {
        c["before"]
        for c in nation["changes"]
        if c["after"] == "reference" and c["kind"] == "widened"
    }
    assert nation["situations"] >= nation["checked"] > 100
    html = tmp_path / "diff.html"
    assert 1 == run("diff", old, new, "--html", html)[0]
    check_page(html.read_text())


def test_diff_of_a_narrower_file_is_no_alarm(changed, policies):
    """Exit code 0 where nobody may learn more."""
    new = changed("maximumPenaltyYears >= 4", "maximumPenaltyYears >= 5")
    code, out = run("diff", policies.directory / "TH.cedar", new)
    assert 0 == code
    assert "Narrowed" in out
    assert "Widened" not in out


def test_diff_of_directories_takes_each_nation(changed, policies):
    """Only the title of one rule differs: no level changes, and the new words are told."""
    new = changed("Any partner may learn whether we hold a record", EVIL)
    code, out = run("diff", policies.directory, new.parent)
    assert 0 == code
    assert 5 == out.count("no difference in effect")
    assert "TH-01: another title" in out


def test_diff_says_what_it_could_not_cover(changed, policies):
    """Free text is tried only where files name it: exit code 3 where nothing was found wider."""
    new = changed(
        "when { resource.sensitive };",
        'when { resource.sensitive || context.case.pseudonym like "KH-*" };',
    )
    code, out = run("diff", policies.directory / "TH.cedar", new)
    assert 3 == code
    assert "not covered" in out


def test_diff_of_two_schemas_is_refused(changed, policies):
    """A schema that puts a summary under "up to hit" widens all files, and is not passed over."""
    new = changed("maximumPenaltyYears >= 4", "maximumPenaltyYears >= 5")
    schema = new.parent / "schema.cedarschema"
    text = schema.read_text()
    schema.write_text(text.replace('"summary" in ["up to summary"', '"summary" in ["up to hit"'))
    assert text != schema.read_text()
    with pytest.raises(InputError, match="different schemas"):
        run("diff", policies.directory, new.parent)
    with pytest.raises(InputError, match="different schemas"):
        run("diff", policies.directory / "TH.cedar", new)


def test_diff_needs_two_files_of_one_nation(policies):
    """Two nations' files have no difference."""
    with pytest.raises(InputError, match="not of the same nations"):
        run("diff", policies.directory / "TH.cedar", policies.directory / "VN.cedar")
