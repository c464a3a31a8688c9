"""Put a policy file in force: measure it, try it in a process of its own, then compile it here."""

import re

from fedquery.errors import ConfigError
from fedquery.policy.complaint import PolicyError
from fedquery.policy.rules import Rules, compile_rules
from fedquery.policy.source import SCHEMA_FILE, check_source, policy_file, read_source
from fedquery.policy.trial import TIMEOUT_S, try_file

_NATION = re.compile(r"[A-Z]{2}")


def load_rules(
    policy_text: bytes, schema_text: bytes, nation: str, *, timeout_s: float = TIMEOUT_S
) -> Rules:
    """Load the policy file of a nation, or refuse it.

    Args:
        policy_text: the policy file, at most 200 kB. An empty file is valid and permits nothing.
        schema_text: the schema file that all nations share, at most 200 kB.
        nation: the nation that the file must speak for, as two capital letters.
        timeout_s: how many seconds the trial may take.

    Raises:
        PolicyError: if either file cannot be taken, with line and column where one is to blame.
    """
    if not _NATION.fullmatch(nation):
        raise ConfigError("a nation is two capital letters")
    policy = read_source(policy_text, policy_file(nation))
    schema = read_source(schema_text, SCHEMA_FILE)
    check_source(policy)
    check_source(schema, generics=True)
    tried = try_file(policy_text, schema_text, nation, thorough=False, timeout_s=timeout_s)
    for complaint in tried.complaints:
        raise PolicyError(policy.name, complaint)
    return compile_rules(policy, schema, nation)
