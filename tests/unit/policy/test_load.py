"""A file is put in force only after everything that could be wrong with it was looked for."""

import hashlib
import json
import subprocess
import sys

import pytest

from fedquery.errors import ConfigError
from fedquery.policy import confined, load, trial
from fedquery.policy.decide import decide_ask
from fedquery.policy.load import load_rules

DEEP = (
    b"permit (principal, action, resource) when { " + b"(" * 5000 + b"true" + b")" * 5000 + b" };"
)


# The child without its own measuring of the file.
UNMEASURED = (
    "-c",
    """import sys; from fedquery.policy import confined, trial_child
trial_child.unsafe = lambda source: ()
sys.exit(trial_child.main())""",
)
GARBLED = [
    b"",
    b"[]",
    b"{}",
    b"\xff",
    b"{" * 5000,
    b'{"complaints":[],"policies":0,"undecided":[]}',
    b'{"complaints":[],"policies":"0","refused":"","undecided":[]}',
    b'{"complaints":[[1,1,"x"]],"policies":0,"refused":"","undecided":[]}',
    b'{"complaints":[[1,1,"x",2]],"policies":0,"refused":"","undecided":[]}',
    b'{"complaints":0,"policies":0,"refused":"","undecided":[]}',
]


def test_good_file_is_loaded(schema_text, rule):
    """Rules know their nation, the digests of both files, and each rule's title and law."""
    text = (rule("TH-02") + rule("TH-01")).encode()
    rules = load_rules(text, schema_text, "TH")
    assert rules.nation == "TH"
    assert hashlib.sha256(text).digest() == rules.digest
    assert hashlib.sha256(schema_text).digest() == rules.schema_digest
    assert {"TH-01": "title of TH-01", "TH-02": "title of TH-02"} == rules.titles
    assert {rule.law for rule in rules.policies.values()} == {"EXAMPLE, Art. 1"}


def test_empty_file_denies_everything(schema_text, question):
    """A nation without rules is a nation that answers nothing."""
    decision = decide_ask(load_rules(b"", schema_text, "TH"), question)
    assert (None, (), ("no rule of TH permits it",), False) == (
        decision.level,
        decision.policy_ids,
        decision.reasons,
        decision.fault,
    )


def test_deep_nesting_is_refused_by_place(schema_text):
    """5,000 parentheses are an error at the twentieth (one brace stands before), and no crash."""
    with pytest.raises(ConfigError, match=r"line 1, column 64: nested more than 20 deep"):
        load_rules(DEEP, schema_text, "TH")


def test_deep_nesting_kills_only_the_trial(schema_text, monkeypatch):
    """Known-bad twin: without the cap the engine dies, and the loader still lives to refuse."""
    monkeypatch.setattr(load, "check_source", lambda *_args, **_more: None)
    monkeypatch.setattr(trial, "_PROGRAM", UNMEASURED)
    with pytest.raises(ConfigError, match="crashes the policy engine"):
        load_rules(DEEP, schema_text, "TH")


def test_slow_trial_is_refused(schema_text):
    """A trial that is not over in time is an error of the file."""
    with pytest.raises(ConfigError, match="takes too long"):
        load_rules(b"", schema_text, "TH", timeout_s=0.001)


def test_complaint_of_the_trial_is_passed_on(schema_text, rule):
    """What the child finds is said with line and column."""
    with pytest.raises(ConfigError, match=r"TH\.cedar, line 1, column 1: a policy needs @law"):
        load_rules(rule().replace("@law", "@lore").encode(), schema_text, "TH")


@pytest.mark.parametrize("octets", GARBLED)
def test_garbled_verdict_is_refused(octets):
    """A trial that does not say that the file is good has not said so."""
    with pytest.raises(ConfigError, match="could not be tried"):
        trial.read_answer(octets, "TH")


@pytest.mark.parametrize("nation", ["th", "THX", "", "T1", "TH\n"])
def test_nation_out_of_form_is_refused(nation, schema_text):
    """A nation is two capital letters and nothing else."""
    with pytest.raises(ConfigError, match="two capital letters"):
        load_rules(b"", schema_text, nation)


def test_bad_schema_is_refused(rule):
    """A schema that does not parse is named as the culprit."""
    with pytest.raises(ConfigError, match="schema"):
        load_rules(rule().encode(), b"entity Nation", "TH")


def test_trial_takes_no_garbage():
    """The child answers a malformed question with a complaint and without a traceback."""
    done = subprocess.run(
        [sys.executable, "-I", "-B", "-m", "fedquery.policy.trial_child"],
        input=b"{}",
        capture_output=True,
        check=False,
    )
    assert (0, "malformed policy trial", b"") == (
        done.returncode,
        json.loads(done.stdout)["refused"],
        done.stderr,
    )


def test_a_confined_process_limits_itself():
    """Its limits are hard ones, and it leaves neither core nor bytecode behind."""
    program = (
        "import resource, sys; from fedquery.policy import confined;"
        "confined.limit(cpu_s=10, answer_bytes=1048576);"
        "print(sys.dont_write_bytecode, *(resource.getrlimit(x) for x in"
        "(resource.RLIMIT_CPU, resource.RLIMIT_AS, resource.RLIMIT_CORE, resource.RLIMIT_FSIZE)))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-B", "-c", program], capture_output=True, check=True, text=True
    )
    limits = (10, confined.MEMORY_BYTES, 0, 1_048_576)
    expected = " ".join(["True", *(str((limit, limit)) for limit in limits)])
    assert done.stdout.strip() == expected
