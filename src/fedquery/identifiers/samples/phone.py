"""Mobile numbers, drawn evenly from the numbering plans."""

from collections.abc import Iterator

from fedquery.identifiers.identifier import Identifier
from fedquery.identifiers.numbering import PLANS, VIETNAM_2018
from fedquery.identifiers.phone import Phone
from fedquery.identifiers.samples.variants import Choose, grouped, local_digits

_VIETNAM_BEFORE_2018 = {today: before for before, today in VIETNAM_2018.items()}


def drawn(nation: str, choose: Choose) -> Iterator[Identifier]:
    """Invent mobile numbers of a nation's plan, without end; some may repeat."""
    plan = PLANS[nation]
    blocks = [block for block in plan.blocks if block.mobile]
    while True:
        block = blocks[choose(len(blocks))]
        width = block.length - len(block.prefix)
        yield Phone(f"+{plan.country_code}{block.prefix}{choose(10**width):0{width}}")


def spelled(canonical: str, choose: Choose) -> str:
    """Spell it so that it reads back in its own nation."""
    nation, code = next(
        (nation, plan.country_code)
        for nation, plan in PLANS.items()
        if canonical.startswith(f"+{plan.country_code}")
    )
    digits = canonical[1 + len(code) :]
    old = _VIETNAM_BEFORE_2018.get(digits[:2]) if nation == "VN" and len(digits) == 9 else None  # noqa: PLR2004 - mobile numbers
    if old is not None and choose(4) == 0:
        digits = old + digits[2:]
    national = grouped(digits, choose)
    forms = (
        canonical,
        f"0{national}",
        f"+{code} {national}",
        f"+{code} (0){national}",
        f"(+{code}) {national}",
        f"00{code} {national}",
        f"tel:+{code}{digits}",
        local_digits(f"0{national}", nation),
        f"\N{LEFT-TO-RIGHT EMBEDDING}+{code} {national}\N{POP DIRECTIONAL FORMATTING}",
    )
    return forms[choose(len(forms))]
