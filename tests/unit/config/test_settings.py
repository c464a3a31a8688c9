"""Settings files: everything documented is taken, nothing else is, and no value is repeated."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from fedquery.config.settings import FILE_CAP, describe, load, setting
from fedquery.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    per_day: int = setting("Elements a day.", minimum=1, maximum=100_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    hour: int = setting("Elements an hour.")
    day: int = setting("Elements a day.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    nation: str = setting("The nation's code.", pattern="[A-Z]{2}", form="two letters, as VN")
    listen_port: int = setting("The port of the server.", default=7443, minimum=1, maximum=65535)
    training: bool = setting("Whether data are made up.", default=False)
    data: Path = setting("The data directory.", default=Path("data"))
    mode: str = setting("How it is.", default="open", choices=("open", "shut"))
    proxy: str | None = setting("A proxy, if any.", default=None)
    peers: tuple[str, ...] = setting("Other nations.", default=(), maximum=10)
    quotas: Mapping[str, Quota] = setting("Quotas by dataset.", default_factory=dict)
    main: Quota | None = setting("The main quota.", default=None)
    windows: Windows = setting("Windows.", default_factory=lambda: Windows(hour=1, day=2))


@pytest.fixture
def written(tmp_path):
    """Write a settings file and give its path."""

    def write(text):
        path = tmp_path / "node.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.mark.parametrize(
    ("text", "hour", "day"),
    [("", 1, 2), ("[windows]", 1, 2), ("[windows]\nday = 9", 1, 9), ("[windows]\nhour = 0", 0, 2)],
)
def test_a_table_is_filled_from_its_default(written, text, hour, day):
    """Each key that has a default by its table has it alone too."""
    got = load(written(f'nation = "VN"\n{text}\n'), Sample)
    assert Windows(hour=hour, day=day) == got.windows


def test_a_table_without_a_default_still_needs_its_keys(written):
    """What nobody decided about is not filled in."""
    with pytest.raises(ConfigError, match="per_day is missing"):
        load(written('nation = "VN"\n[main]\n'), Sample)


def test_a_whole_file_is_read(written):
    """Each type of setting arrives as its Python value, and tables as settings."""
    path = written(
        'nation = "VN"\nlisten_port = 8000\ntraining = true\ndata = "here"\npeers = ["TH", "LA"]\n'
        'mode = "shut"\n[main]\nper_day = 5\n[quotas.scam-phones]\nper_day = 2000\n'
    )
    got = load(path, Sample)
    assert got.quotas["scam-phones"] == Quota(per_day=2000)
    expected = Sample(
        nation="VN",
        listen_port=8000,
        training=True,
        data=path.parent / "here",
        mode="shut",
        proxy=None,
        peers=("TH", "LA"),
        quotas={"scam-phones": Quota(per_day=2000)},
        main=Quota(per_day=5),
    )
    assert expected == got


def test_an_unknown_key_suggests_the_nearest_one(written):
    """The error names file, key and the valid key that is nearest."""
    path = written('nation = "VN"\nlisten_prot = 8000\n')
    with pytest.raises(ConfigError, match=r"node\.toml: listen_prot is not a known key") as caught:
        load(path, Sample)
    assert caught.value.do == "Did you mean listen_port?"


def test_an_unknown_key_without_a_near_one_lists_them_all(written):
    """Where no key is near, all are listed; keys of inner tables are named with their table."""
    with pytest.raises(ConfigError, match=r"quotas\.a\.zzzz is not") as caught:
        load(written('nation = "VN"\n[quotas.a]\nper_day = 1\nzzzz = 1\n'), Sample)
    assert caught.value.do == "The keys here are: per_day."


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "nation is missing"),
        ('nation = "vn"', "nation must be two letters, as VN"),
        ('nation = "VN"\nlisten_port = true', "listen_port must be a whole number"),
        ('nation = "VN"\nlisten_port = 7443.0', "listen_port must be a whole number"),
        ('nation = "VN"\nlisten_port = 0', "listen_port must be at least 1"),
        ('nation = "VN"\nlisten_port = 65536', "listen_port must be at most 65535"),
        ('nation = "VN"\ntraining = 1', "training must be true or false"),
        ('nation = "VN"\nmode = "ajar"', "mode must be one of open, shut"),
        ('nation = "VN"\npeers = "TH"', "peers must be an array"),
        ('nation = "VN"\npeers = ["TH", 1]', r"peers\.1 must be a text"),
        ('nation = "VN"\npeers = ["aaaaaaaaaaa"]', r"peers\.0 must be at most 10 characters"),
        ('nation = "VN"\nquotas = 1', "quotas must be a table"),
        ('nation = "VN"\nmain = 1', "main must be a table"),
        ('nation = "VN"\ndata = "a\\u0000b"', "data must be a text"),
    ],
)
def test_a_wrong_value_is_named_by_its_key(written, text, says):
    """Each fault is refused with the key and what it must be."""
    with pytest.raises(ConfigError, match=says):
        load(written(text), Sample)


@pytest.mark.parametrize(
    "text",
    [
        'nation = "+SECRET-VALUE"',
        'nation = "VN"\nmode = "+SECRET-VALUE"',
        'nation = "VN"\nlisten_port = "+SECRET-VALUE"',
        'nation = "VN"\n+SECRET-VALUE',
        'nation = "VN"\nx = "+SECRET-VALUE',
    ],
)
def test_no_error_repeats_a_value(written, text):
    """Neither a refused value nor a line that does not parse is in the error."""
    with pytest.raises(ConfigError) as caught:
        load(written(text), Sample)
    assert "SECRET" not in f"{caught.value}{caught.value.do}{caught.value.__cause__!r}"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(
    ("octets", "says"),
    [
        (b"nation = ", r"not valid TOML \(at"),
        (b"nation = 'V\xffN'", "is not UTF-8"),
        (b"#" * (FILE_CAP + 1), "larger than"),
    ],
)
def test_a_file_that_is_no_toml_is_refused(written, octets, says):
    """A file that does not parse is refused with its position only."""
    with pytest.raises(ConfigError, match=says):
        load(written(octets), Sample)


def test_a_file_that_others_write_is_refused(written):
    """A settings file that everybody may write stops the start, with the command that mends it."""
    path = written('nation = "VN"')
    path.chmod(0o666)
    with pytest.raises(ConfigError, match="everybody may write") as caught:
        load(path, Sample)
    assert caught.value.do == f"chmod o-w {path}"


def test_what_is_no_file_is_refused(tmp_path):
    """A directory and a missing file are refused by name."""
    with pytest.raises(ConfigError, match="not a regular file"):
        load(tmp_path, Sample)
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "none.toml", Sample)


def test_each_setting_can_be_described():
    """The operator's page can list every key with its default and its sentence."""
    rows = {key: (default, doc) for key, default, doc in describe(Sample)}
    assert rows["nation"] == ("required", "The nation's code.")
    assert rows["listen_port"] == ("7443", "The port of the server.")
    assert rows["quotas.<name>.per_day"] == ("required", "Elements a day.")
    assert rows["main.per_day"] == ("required", "Elements a day.")


def test_an_undocumented_setting_is_a_bug(written):
    """A settings class with a bare field does not load."""

    @dataclass(frozen=True)
    class Bare:
        nation: str

    with pytest.raises(TypeError):
        load(written('nation = "VN"'), Bare)
