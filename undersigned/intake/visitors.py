"""Who knocks: the address that a request comes from, as far as proxies of ours can be believed."""

from socket import AF_INET, AF_INET6, inet_pton

from undersigned.intake.wire import Scope

FORWARDED = b"x-forwarded-for"
CIRCUITS = bytes.fromhex("fc00deadbeef4dad")
MAPPED = bytes.fromhex("00000000000000000000ffff")
"""What precedes an IPv4 address that is written as an IPv6 one (RFC 4291 §2.5.5.2)."""


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


def block_of(address: str) -> bytes:
    """The block of addresses that one reader may have to themselves: IPv4 /24, IPv6 /56; b"" where nobody can tell.

    Tor names each circuit by an address of its own, in CIRCUITS (HiddenServiceExportCircuitID): these count whole.
    """
    try:
        packed = inet_pton(AF_INET6 if ":" in address else AF_INET, address)
    except (OSError, ValueError):
        return b""
    if packed.startswith(MAPPED):
        packed = packed[len(MAPPED) :]
    if len(packed) == 4:
        return packed[:3]
    return packed if packed.startswith(CIRCUITS) else packed[:7]
