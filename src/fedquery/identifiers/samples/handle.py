"""Names in each messenger."""

from collections.abc import Iterator

from fedquery.identifiers.handle import Handle
from fedquery.identifiers.identifier import Identifier
from fedquery.identifiers.samples.variants import Choose
from fedquery.identifiers.samples.words import dressed, full_width, word


def drawn(nation: str, choose: Choose) -> Iterator[Identifier]:
    """Invent names, without end; some may repeat."""
    del nation
    while True:
        name = f"{word(choose, 2)[:12]}{choose(100_000):05}"
        forms = (
            f"telegram:{name}",
            f"telegram:#{10**8 + choose(10**9)}",
            f"wechat:{name}",
            f"wechat:wxid_{choose(16**14):014x}",
            f"qq:{10**8 + choose(10**9)}",
            f"line:{name}",
            f"line:@{name}",
        )
        yield Handle(forms[choose(len(forms))])


def spelled(canonical: str, choose: Choose) -> str:
    """Spell it so that it reads back."""
    service, name = canonical.split(":")
    plain = (canonical, canonical.upper(), f"{service} {name}", full_width(canonical))
    forms = {
        "telegram": (f"https://t.me/{name}", f"Telegram: @{name}", f"t[.]me/{name}?start=1")
        if name[0] != "#"
        else (f"tg://user?id={name[1:]}",),
        "wechat": (f"微信号:{name}", f"WeChat ID: {name}", f"wx {name}"),
        "qq": (f"QQ号:{name}", f"QQ: {name}"),
        "line": (f"LINE ID: {name}", f"ไลน์ {name}", f"https://line.me/R/ti/p/{_linked(name)}"),
    }[service]
    spellings = (*plain, *forms)
    return dressed(spellings[choose(len(spellings))], choose)


def _linked(name: str) -> str:
    return name if name.startswith("@") else f"~{name}"
