"""The protocol: publications, questions, answers and claims, as values and pure functions.

What is published is in `publication`, `commitment`, `merkle`, `bucket`, `tag` and `key`;
what is asked and answered in `prefix`, `question` and `answer`; the two roles in `asker` and
`holder`. Logs, envelopes, policies, quotas and wire messages are other floors' matter.
"""
