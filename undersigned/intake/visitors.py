"""Who knocks: the address that a request comes from, as far as proxies of ours can be believed."""

from undersigned.intake.wire import Scope

FORWARDED = b"x-forwarded-for"


def address_of(scope: Scope, proxies: int) -> str:
    """The address from which a request came to the outermost of our `proxies`; "" where nobody can tell.

    Each of them adds the address that it was asked from to the end of X-Forwarded-For; what stands before that
    was written by strangers.
    """
    if proxies:
        told = b",".join(value for name, value in scope["headers"] if name == FORWARDED)
        addresses = [part.strip() for part in told.split(b",")] if told else []
        if len(addresses) >= proxies:
            return addresses[-proxies].decode("latin-1")
    client = scope.get("client")
    return str(client[0]) if client else ""
