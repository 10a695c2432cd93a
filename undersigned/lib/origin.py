"""Where a form was sent from, as far as the reader's browser tells."""

LOCAL = frozenset(("same-origin", "none"))


def is_from_here(site: str | None, origin: str | None, host: str | None) -> bool:
    """Whether a browser says that a page of ours sent the form: by `Sec-Fetch-Site`, else by `Origin`.

    Browsers too old to say either are believed; `Origin: null` tells nothing, so it is not from here.
    """
    if site is not None:
        return site in LOCAL
    return origin is None or _host_of(origin) == host


def is_from_elsewhere(site: str | None, origin: str | None, host: str | None) -> bool:
    """Whether a browser says that another site sent it. Unlike above, `Origin: null` is no such word: our own private
    pages, whose address is a secret, have their browsers say so."""
    return not is_from_here(site, None if origin == "null" else origin, host)


def _host_of(origin: str) -> str:
    return origin.partition("://")[2]
