"""Figures in words, written in one way everywhere."""


def percent(share: float, decimals: int = 1) -> str:
    """Write a share from 0 to 1: 97.3 %; what is not quite all or nothing is not rounded to it: > 99.9 %, < 0.1 %."""
    least = 10**-decimals
    written = f"{100 * share:.{decimals}f} %"
    if share < 1 and written == f"{100:.{decimals}f} %":
        return f"> {100 - least:.{decimals}f} %"
    if share > 0 and written == f"{0:.{decimals}f} %":
        return f"< {least:.{decimals}f} %"
    return written
