"""How long to wait before looking, or trying, again."""

from datetime import datetime, timedelta

_WEBHOOKS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
)


def look(since: datetime, now: datetime, first: timedelta, most: timedelta) -> datetime:
    """When to look again at something that started at `since`: half its age later, within bounds.

    The waits grow by half each time, so that a thing of age t has been looked at about log t times
    and is never found later than by half its age.
    """
    return now + min(max(first, (now - since) / 2), most)


def retry(tries: int, retry_after: timedelta | None) -> timedelta:
    """The wait after the `tries`-th failure of an action: 2 s doubled up to 5 min, or as asked."""
    # The exponent is bounded too: after some hours of trying, 2^tries seconds are no timedelta.
    doubled = min(timedelta(seconds=2 ** min(tries, 9)), timedelta(minutes=5))
    return max(doubled, retry_after or timedelta())


def webhook(tries: int, retry_after: timedelta | None) -> timedelta | None:
    """The wait after the `tries`-th failed delivery; None when nine retries have failed.

    Source: Standard Webhooks, "Deliverability and reliability".
    """
    if tries > len(_WEBHOOKS):
        return None
    return max(_WEBHOOKS[tries - 1], retry_after or timedelta())
