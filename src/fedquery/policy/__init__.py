"""What a nation allows: its policy file, the situation of one question, and the decision.

Only `fedquery.policy.cedar` knows the engine; `vocabulary` and `situation` work without it, so that
an asker can fill in a case card where no engine is installed.
"""
