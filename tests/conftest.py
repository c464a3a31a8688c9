"""How the suite runs: properties alike in every `make test`, and anew in every `make explore`.

A gate must say of a change what it says of it tomorrow. So the cases of the suite follow from each
test alone, and looking for unheard-of ones is a run of its own, as deep as its reader has patience.
"""

import os
import resource

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

# No deadline: how long one example takes says how busy the machine is, and nothing of the code.
settings.register_profile("gate", derandomize=True, database=None, deadline=None)
settings.register_profile("explore", max_examples=2_000, deadline=None, print_blob=True)
settings.load_profile("gate")


@pytest.fixture(autouse=True)
def unhardened(monkeypatch):
    """Keep what a command does to its own process from the tests that come after it.

    Commands are run in this process too, and a limit that was lowered cannot be raised again.
    """
    set_limit = resource.setrlimit

    def set_others(which, limits):
        if which != resource.RLIMIT_CORE:
            set_limit(which, limits)

    monkeypatch.setattr(resource, "setrlimit", set_others)
    before = os.umask(0o022)
    yield
    os.umask(before)


# Tests here share what takes long to start: one worker runs a folder's, in their order.
_TOGETHER = ("tests/e2e/", "tests/integration/", "tests/interop/")
# A database server of its own.
_ALONE = ("tests/unit/node_commands/test_import_postgresql.py",)


class ByWhatIsShared(LoadScopeScheduling):
    """Give each worker whole folders of tests that share services, and otherwise single tests.

    xdist's own groups (3.8) are marks written into the ids of tests, which pytest 9.2 does not take
    over any more: they group nothing, and say nothing of it.
    """

    def _split_scope(self, nodeid):
        shared = (start for start in (*_TOGETHER, *_ALONE) if nodeid.startswith(start))
        return next(shared, nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Have xdist distribute tests by what they share."""
    return ByWhatIsShared(config, log)
