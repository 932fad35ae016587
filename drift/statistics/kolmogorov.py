"""How likely a Kolmogorov–Smirnov distance is by chance."""


def survival(distance: float, rows: int) -> float:
    """The probability that one sample of so many rows lies at least so far from its distribution.

    >>> round(survival(0.1, 100), 4)
    0.2527
    """
    from scipy.stats import kstwo  # Takes half a second to import.

    return min(max(float(kstwo.sf(distance, rows)), 0.0), 1.0)
