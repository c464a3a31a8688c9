"""What a reader of a table can compute: every value that a hidden number can still have.

It knows nothing of how numbers were hidden: it reads sums off the printed table and tries.
"""

from fedquery.audit.suppression import THRESHOLD, Hidden


def bounds(cell):
    """Say what a printed number says by itself."""
    if cell is Hidden.FEW:
        return 1, THRESHOLD - 1
    return (THRESHOLD, 10**6) if cell is Hidden.MORE else (cell, cell)


def tightened(domains, sums):
    """Narrow the ranges of numbers by the sums that they are in; None if they do not fit."""
    domains = dict(domains)
    changed = True
    while changed:
        changed = False
        for total, parts in sums:
            for one in (total, *parts):
                # total - all parts = 0: what the others allow.
                low = high = 0
                for other, sign in ((total, 1), *((part, -1) for part in parts)):
                    if other != one:
                        least, most = domains[other]
                        low += sign * (least if sign > 0 else most)
                        high += sign * (most if sign > 0 else least)
                if one == total:
                    low, high = -high, -low
                least, most = domains[one]
                narrower = max(least, low), min(most, high)
                if narrower[0] > narrower[1]:
                    return None
                if narrower != (least, most):
                    domains[one] = narrower
                    changed = True
    return domains


def possible(domains, sums):
    """Tell whether any numbers fit, by trying."""
    domains = tightened(domains, sums)
    if domains is None:
        return False
    open_ones = [one for one, (low, high) in domains.items() if low < high]
    if not open_ones:
        return True
    one = min(open_ones, key=lambda name: domains[name][1] - domains[name][0])
    low, high = domains[one]
    return any(possible({**domains, one: (v, v)}, sums) for v in range(low, high + 1))


def values(one, domains, sums, most=6):
    """List values that a number can have, up to so many."""
    narrowed = tightened(domains, sums)
    low, high = narrowed[one]
    found = []
    for value in range(low, high + 1):
        if possible({**narrowed, one: (value, value)}, sums):
            found.append(value)
        if len(found) == most:
            break
    return found


def read(total, table):
    """Read the ranges and the sums off a table, as anybody does.

    Returns:
        Each number's range, and (sum, parts) of what adds up.
    """
    domains = {"all": (total, total)}
    for number, row in enumerate(table.rows):
        domains["row", number] = bounds(row.total)
        domains |= {("cell", number, c): bounds(cell) for c, cell in enumerate(row.cells)}
    domains |= {("sum", column): (value, value) for column, value in enumerate(table.sums)}
    return domains, [*sums_of_totals(table), *sums_of_cells(table)]


def sums_of_totals(table):
    """List how the totals of rows add up: to that of all, and to that of their group."""
    named = [(number, row) for number, row in enumerate(table.rows) if row.name]
    groups = {row.name: number for number, row in named if not row.within}
    inside = {
        above: [("row", number) for number, row in named if row.within == name]
        for name, above in groups.items()
    }
    listed = [(("row", above), parts) for above, parts in inside.items() if parts]
    return [("all", [("row", number) for number in groups.values()]), *listed] if groups else []


def sums_of_cells(table):
    """List how cells add up: to the total of their row, their group, and their column."""
    told = [(number, row) for number, row in enumerate(table.rows) if row.cells]
    columns = range(len(table.columns))
    sums = [(("row", number), [("cell", number, c) for c in columns]) for number, _ in told]
    for group in dict.fromkeys(row.within for _, row in told):
        rows = [number for number, row in told if row.within == group]
        above = [number for number, row in told if row.name == group and not row.within]
        for column in columns:
            whole = ("cell", above[0], column) if group else ("sum", column)
            sums.append((whole, [("cell", number, column) for number in rows]))
    return sums
