"""Everything that is wrong with a policy file: syntax, words, types, house rules.

Examining runs the engine's parser, so the file must have passed `fedquery.policy.source.unsafe`,
and where it comes from elsewhere, in a process of its own (`fedquery.policy.trial`).
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fedquery.policy import cedar, house_rules, locate
from fedquery.policy.complaint import Complaint, PolicyError
from fedquery.policy.ladder import require_ladder
from fedquery.policy.source import Source, Token
from fedquery.policy.spelling import Misspelt, misspelt
from fedquery.policy.words import Words, read_words

# Where a word is wrong, the engine adds that then nothing fits.
_CONSEQUENCE = "unable to find an applicable action"

MOST = 200
"""How many complaints are made at most: a file with more is not read further."""
MOST_UNPLACED = 20
"""For how many complaints at most the engine is asked again, to find their clause."""

Tokens = Sequence[Token]


@dataclass(frozen=True, slots=True)
class Examined:
    """A policy file that was examined.

    Attributes:
        complaints: all that is wrong, in the order of the file.
        policies: the policies that parse, in Cedar's JSON form, by their @id where it is unique.
        heads: for each of these the offset at which it begins.
        words: the words of the schema.
    """

    complaints: tuple[Complaint, ...]
    policies: Mapping[str, Any] = field(repr=False)
    heads: Mapping[str, int] = field(repr=False)
    words: Words = field(repr=False)


def examine(policy: Source, schema: Source, nation: str) -> Examined:
    """Find everything that Cedar or the house rules refuse in a policy file.

    Args:
        policy: the policy file.
        schema: the schema that all nations share.
        nation: the nation that the file must speak for, as two capital letters.

    Raises:
        PolicyError: if the schema does not parse, or its ladder is not the one there is.
    """
    try:
        vocabulary = cedar.parse_schema(schema.text)
    except ValueError as error:
        raise PolicyError.of_file(schema.name, locate.one_line(error)) from None
    require_ladder(schema)
    words = read_words(schema)
    wrong = tuple(itertools.islice(misspelt(policy, words), MOST))
    complaints = [policy.complain(one.token.start, one.what, one.meant) for one in wrong]
    unparsed, parts = _syntax(policy)
    complaints += unparsed
    text = "\n".join(policy.text[part[0].start : _end(part)] for part in parts)
    parsed = cedar.parse_policies(text)
    complaints += itertools.islice(_findings(policy, parts, text, vocabulary, wrong), MOST)
    complaints += _templates(policy, parts, parsed)
    named: dict[str, Any] = {}
    heads: dict[str, int] = {}
    for key, one in sorted(parsed["staticPolicies"].items(), key=lambda item: _index(item[0])):
        if len(complaints) >= 2 * MOST:
            break
        part = parts[_index(key)]
        complaints += [
            _at(policy, part, breach.part, breach.what)
            for breach in house_rules.breaches(one, nation)
            if breach.part != "action" or not _wrong_action(part, wrong)
        ]
        policy_id = (one.get("annotations") or {}).get("id") or ""
        # Cedar takes two policies of one @id without a word.
        if policy_id in named:
            complaints.append(_at(policy, part, "id", "another policy has the same @id"))
        elif policy_id:
            named[policy_id], heads[policy_id] = one, part[0].start
    return Examined(tuple(sorted(set(complaints))[:MOST]), named, heads, words)


def _syntax(source: Source) -> tuple[list[Complaint], list[Tokens]]:
    """Find what does not parse, and the policies that do."""
    parts: list[Tokens] = list(source.policies())
    try:
        cedar.parse_policies(source.text)
    except ValueError as error:
        message = locate.one_line(error)
    else:
        return [], parts
    complaints: list[Complaint] = []
    parsing: list[Tokens] = []
    for part in parts:
        complaint = locate.syntax_complaint(source, part, cedar.parse_policies)
        if complaint is None:
            parsing.append(part)
        else:
            complaints.append(complaint)
            if len(complaints) == MOST:
                break
    return complaints or [source.complain(0, message)], parsing


def _findings(
    source: Source,
    parts: Sequence[Tokens],
    text: str,
    vocabulary: cedar.ParsedSchema,
    wrong: Sequence[Misspelt],
) -> Iterator[Complaint]:
    unplaced = 0
    for finding in cedar.validate_policies(text, vocabulary):
        if finding.index is None or finding.index >= len(parts):
            yield source.complain(0, finding.message)
            continue
        part = parts[finding.index]
        inside = _words_within(part, wrong)
        if inside and (_CONSEQUENCE in finding.message or _wrong_action(part, wrong)):
            continue
        if any(inside & locate.last_parts(name) for name in locate.quoted(finding.message)):
            continue
        complaint = locate.policy_complaint(source, part, finding.message)
        # Where the engine quotes no word, the first clause that it refuses is shown.
        if complaint == locate.at_head(source, part, finding.message) and unplaced < MOST_UNPLACED:
            unplaced += 1
            offset = _refused_clause(source, part, vocabulary)
            complaint = source.complain(offset, complaint.what)
        yield complaint


def _refused_clause(source: Source, part: Tokens, vocabulary: cedar.ParsedSchema) -> int:
    for clause in locate.clauses(part):
        if cedar.validate_policies(f"{source.text[part[0].start : _end(clause)]};", vocabulary):
            return clause[0].start
    return part[0].start


def _words_within(part: Tokens, wrong: Sequence[Misspelt]) -> set[str]:
    found = [one.token.text for one in wrong if part[0].start <= one.token.start < _end(part)]
    # The engine quotes an attribute as a name, however it was written.
    return {*found, *(text.strip('"') for text in found)}


def _wrong_action(part: Tokens, wrong: Sequence[Misspelt]) -> bool:
    # What an unknown action's context holds is unknown too.
    return any(
        one.kind == "Action" and part[0].start <= one.token.start < _end(part) for one in wrong
    )


def _templates(
    source: Source, parts: Sequence[Tokens], parsed: Mapping[str, Any]
) -> Iterator[Complaint]:
    for key in parsed["templates"]:
        yield _at(source, parts[_index(key)], "?", "templates are not used: write each policy out")


def _at(source: Source, part: Tokens, word: str, what: str) -> Complaint:
    found = next((token.start for token in part if token.text == word), part[0].start)
    return source.complain(found, what)


def _end(part: Tokens) -> int:
    return part[-1].start + len(part[-1].text)


def _index(key: str) -> int:
    return int(key.removeprefix("policy"))
