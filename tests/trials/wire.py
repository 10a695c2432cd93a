"""What strangers may send to the port: from noise to forms that are almost right. Strategies for hypothesis."""

from urllib.parse import quote_plus

from hypothesis import strategies as st

from benchmark.letter import SLUG

FIELDS = (
    "name", "email", "country", "visibility", "version", "consent", "age", "authority", "website", "token", "code",
    "action", "language", "representative", "office", "role", "proof", "",
)  # fmt: skip
PATHS = (
    "/", f"/{SLUG}/", f"/{SLUG}/en/", f"/{SLUG}/letter.json", f"/{SLUG}/log/checkpoint", "/code/", "/desk/",
    *(f"/{SLUG}/{language}/sign/{kind}/" for language in ("en", "ko", "xx") for kind in ("supporter", "organisation")),
    f"/{SLUG}/en/find/", "/s/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/", "/s/%00/", "/../../etc/passwd", "*",
)  # fmt: skip
METHODS = ("GET", "HEAD", "POST", "PUT", "OPTIONS", "TRACE", "CONNECT", "BREW", "post", "PRI", "")
HEADERS = (
    "Host", "Content-Type", "Content-Length", "Transfer-Encoding", "Cookie", "Origin", "Sec-Fetch-Site", "Expect",
    "If-None-Match", "Accept-Encoding", "Accept-Language", "X-Forwarded-For", "Range", "Connection", "Upgrade",
)  # fmt: skip
VALUES = (
    "127.0.0.1", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "chunked", "gzip, chunked",
    "0", "-1", "5", "99999999999999999999", "100-continue", "null", "cross-site", "keep-alive, close", "bytes=0-", "*",
    "websocket", "h2c", "1.2.3.4, unknown", 'W/"', "text/html;q=", "application/json",
)  # fmt: skip

noise = st.binary(max_size=2000)


def chosen(*known: str) -> st.SearchStrategy[bytes]:
    """One of these, or anything."""
    return st.one_of(st.sampled_from(known).map(str.encode), st.binary(max_size=60), st.text(max_size=30).map(_utf8))


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@st.composite
def forms(draw: st.DrawFn) -> bytes:
    """A form's body: known fields and others, with any text, and with escapes that mean nothing."""
    pairs = draw(
        st.lists(st.tuples(chosen(*FIELDS), chosen("yes", "public", "counted-only", "a@mail.example")), max_size=12)
    )
    escape = draw(st.sampled_from((quote_plus, lambda raw: raw.decode("latin-1"), lambda raw: "%" + raw.hex()[:3])))
    return "&".join(f"{escape(name)}={escape(value)}" for name, value in pairs).encode("latin-1", "replace")


@st.composite
def form_requests(draw: st.DrawFn) -> bytes:
    """A request that is well made, with a form that need not be."""
    path, body = draw(st.sampled_from(PATHS[:-3])), draw(forms())
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    return head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """Something like a request: each part of it may be anything."""
    line = b" ".join(
        (draw(chosen(*METHODS)), draw(chosen(*PATHS)), draw(chosen("HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "")))
    )
    headers = draw(st.lists(st.tuples(chosen(*HEADERS), chosen(*VALUES)), max_size=8))
    body = draw(st.one_of(st.just(b""), forms(), noise, st.just(b"5\r\nab")))
    end = draw(st.sampled_from((b"\r\n", b"\n", b"\r")))
    return line + end + b"".join(name + b": " + value + end for name, value in headers) + end + body


@st.composite
def odd_requests(draw: st.DrawFn) -> bytes:
    """A request that any server can tell the end of, and otherwise as odd as ours lets pass: with no host or two, with
    an address as it was typed, with headers that are named as if they were for one hop only."""
    method = draw(st.sampled_from(("GET", "HEAD", "POST", "OPTIONS", "DELETE", "CONNECT", "BREW")))
    path = draw(st.sampled_from((*PATHS[:-1], "a:1", "/desk/다/", "/desk/{a}|^/", "/\xa0/", "http://127.0.0.1/desk/")))
    query = draw(st.sampled_from(("", "?", "?q=%ff", "?q=다", "?via=mail", "??", "?q=\x7f")))
    hosts = draw(st.lists(st.sampled_from((b"127.0.0.1", b"evil.example", b"", b"a b", b"\xff")), max_size=2))
    hops = draw(
        st.lists(st.sampled_from((b"close", b"host", b"Cookie", b"content-length", b"te", b"\xff")), max_size=3)
    )
    others = draw(st.lists(st.tuples(st.sampled_from(HEADERS[5:]), chosen(*VALUES)), max_size=3))
    body = draw(forms()) if method == "POST" else b""
    told = [(b"Host", host) for host in hosts]
    told += [(b"Connection", b", ".join(hops)), (b"Content-Type", b"application/x-www-form-urlencoded")]
    told += [(name.encode(), bytes(letter for letter in value if letter >= 32)) for name, value in others]
    head = b"".join(name + b": " + value + b"\r\n" for name, value in [*told, (b"Content-Length", b"%d" % len(body))])
    return f"{method} {path}{query} HTTP/1.1\r\n".encode() + head + b"\r\n" + body


anything = st.one_of(
    noise, requests(), form_requests(), odd_requests(), st.lists(form_requests(), max_size=4).map(b"".join)
)
