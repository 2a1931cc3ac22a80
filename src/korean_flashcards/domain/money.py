"""Format amounts in USD without rounding small amounts to zero."""

# An amount is shown with as many decimals as it takes to be this close, in relation to the amount.
_TOLERANCE = 0.05
_MOST_DECIMALS = 18


def usd_number(amount: float, decimals: int = 2) -> str:
    """Return an amount in USD with at least ``decimals`` decimal places: "5.00", but "0.004" instead of "0.00"."""
    while abs(round(amount, decimals) - amount) > _TOLERANCE * abs(amount) and decimals < _MOST_DECIMALS:
        decimals += 1
    return f"{amount:,.{decimals}f}"
