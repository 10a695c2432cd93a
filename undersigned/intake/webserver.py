"""Examples for those who have another web server in front, which then gives out the public folder by itself.

Written from the table by which our own door answers, so that both say the same with each file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from undersigned.intake.headers import (
    CHECKPOINT,
    FRAMED,
    GZIP_FROM_BYTES,
    TILE,
    TYPES,
    WORKERS,
    lifetime_of,
    safety_of,
    type_of,
)
from undersigned.kit.parcel import SUMS
from undersigned.pages.assets import FOLDER
from undersigned.pages.letter import WORKER
from undersigned.pages.moved import UNTOLD
from undersigned.pages.packed import PACKED_ALREADY, SUFFIXES

COUNTED = "/stories/"
"""The door counts how often these are read, so no other server may answer."""
SHARED = "via"
"""In the query of a link that was shared: the door counts that it was followed."""
NOT_PACKED = frozenset({"text/html", "application/octet-stream", *(TYPES[suffix] for suffix in PACKED_ALREADY)})
"""Kinds that nginx need not be told to compress: one it always does, the others do not get smaller."""
BODY_LIMIT_MB = 21
ANSWER_KB = 256
"""More than any page has, so that no slow reader of one holds the door up."""
IDLE_SECONDS = 5
"""Shorter than the door waits before it closes an idle connection, or a request could fall into the gap."""


@dataclass(frozen=True, slots=True)
class Sort:
    """Files with which the same is said: those whose address matches. `sample` is one of them, as it lies in the
    folder; `index` follows the address where that is not the file's own."""

    pattern: str
    sample: str
    index: str = ""

    @property
    def kind(self) -> str:
        return type_of(self.sample) or ""

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        return (("Cache-Control", lifetime_of(self.sample)), *safety_of(self.sample))

    @property
    def has_tag(self) -> bool:
        """Whether a server may tell by a file's time and size that it has not changed."""
        return lifetime_of(self.sample) != "no-store"

    def fits(self, address: str) -> bool:
        return re.search(self.pattern, address) is not None


def sorts() -> Iterator[Sort]:
    """All sorts of files, the more particular ones first."""
    yield Sort(f"{FRAMED}[^/]+/$", f"letter/en{FRAMED}letter/index.html", "index.html")
    yield Sort("/$", "letter/en/index.html", "index.html")
    yield Sort(f"/{SUMS}$", f"letter/kit/{SUMS}")
    yield Sort(f"^/{CHECKPOINT.pattern}$", "letter/log/checkpoint")
    yield Sort(f"^/{TILE.pattern}$", "letter/log/tile/0/000")
    yield Sort(f"^/{WORKERS.pattern}$", f"letter/{WORKER}")
    for suffix in (suffix for suffix in TYPES if suffix != ".html"):
        yield Sort(rf"^/{FOLDER}/[^/]+\{suffix}$", f"{FOLDER}/a{suffix}")
        yield Sort(rf"\{suffix}$", f"letter/a{suffix}")


@dataclass(frozen=True, slots=True)
class Setting:
    """What an example has to name: the site's host, the public root, and where the door listens."""

    host: str
    root: Path
    door: str


def nginx(setting: Setting) -> str:
    """A server block for nginx, to be included within `http { … }`."""
    files = "\n".join(_nginx_location(sort) for sort in sorts())
    untold = "\n".join(f"    location = /{path} {{ try_files /.none @door; }}" for path in sorted(UNTOLD))
    kinds = " ".join(sorted({sort.kind.partition(";")[0] for sort in sorts()} - NOT_PACKED))
    return f"""\
# The example of “undersigned site config nginx”. Set UNDERSIGNED_PROXIES=1 with it, and add TLS: listen 443 ssl; …
upstream undersigned_door {{
    server {setting.door};
    keepalive 64;
    keepalive_timeout {IDLE_SECONDS}s;
}}
server {{
    listen 80;
    listen [::]:80;
    server_name {setting.host};
    root {setting.root};
    # Nobody is written down. With each fault, even at “alert”, nginx notes who asked for what: while the door starts
    # anew, addresses and private links. The error_log outside of this block still tells how nginx itself is, and the
    # door's monitor how the door is. To look for a fault, write for as long as it takes to memory, not to a disk:
    # error_log /run/undersigned-nginx.log error;
    access_log off;
    error_log /dev/null emerg;
    server_tokens off;
    client_max_body_size {BODY_LIMIT_MB}m;
    if_modified_since off;

    # The folder holds its files packed, too: *.gz, and *.br for nginx with a module for Brotli.
    gzip_static on;
    # brotli_static on;
    # Small files and the logs, which grow by themselves, are packed as they are sent.
    gzip on;
    gzip_vary on;
    gzip_min_length {GZIP_FROM_BYTES};
    gzip_types {kinds};

    # What is no file, and what is posted.
    location / {{ try_files /.none @door; }}
    location ^~ {COUNTED} {{ try_files /.none @door; }}
{untold}
    # Never packed: there, what a stranger types may stand beside what only one reader may know (BREACH).
    location @door {{
        gzip off;
        proxy_pass http://undersigned_door;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_read_timeout 120s;
        # Nothing that passes lies on the disk: a picture tells where it was taken, an export who signed. What is sent
        # goes on as it comes, since the door has limits of its own for how large and how slow it may be; of what is
        # answered, so much waits in memory for a slow reader.
        proxy_request_buffering off;
        proxy_max_temp_file_size 0;
        proxy_buffers {ANSWER_KB // 8} 8k;
    }}

{files}
}}
"""


def _nginx_location(sort: Sort) -> str:
    told = "\n".join(f'        add_header {name} "{value}";' for name, value in sort.headers)
    tag = "" if sort.has_tag else "        etag off;\n"
    shared = f"        if ($arg_{SHARED}) {{ return 418; }}\n" if sort.index else ""
    return f"""\
    location ~ "{sort.pattern}" {{
        types {{ }}
        default_type "{sort.kind}";
{told}
        add_header Last-Modified "";
{tag}{shared}        error_page 405 418 = @door;
        try_files ${{uri}}{sort.index} @door;
    }}"""


def caddy(setting: Setting) -> str:
    """A Caddyfile: what is for all sites, and a site block. Caddy cares for TLS by itself."""
    files = "\n".join(_caddy_handle(number, sort) for number, sort in enumerate(sorts()))
    untold = " ".join(f"/{path}" for path in sorted(UNTOLD))
    return f"""\
# The example of “undersigned site config caddy”. Set UNDERSIGNED_PROXIES=1 with it.
# What is for all sites stands once in a Caddyfile, at its beginning.
{{
	# Nobody is written down. With each fault Caddy notes who asked for what: while the door starts anew, addresses and
	# private links. The rest of its log still tells how Caddy itself is, and the door's monitor how the door is. To
	# look for a fault, write for as long as it takes to memory, not to a disk: “output file /dev/shm/caddy.log”
	# instead of “exclude …”.
	log {{
		exclude http.log.error http.handlers
	}}
}}
{setting.host} {{
	root * {setting.root}
	request_body {{
		max_size {BODY_LIMIT_MB}MB
	}}

	# What lies packed in the folder goes out so; small files and logs are packed as they are sent. What
	# the door answers is not: there, what a stranger types may stand beside what only one reader may know (BREACH).

	# Never from the folder: what serves the server, and what the door counts.
	@shared query {SHARED}=*
	handle @shared {{
		reverse_proxy {setting.door}
	}}
	@door path {untold} {COUNTED}*
	handle @door {{
		reverse_proxy {setting.door}
	}}

{files}

	# What is no file, and what is posted.
	handle {{
		reverse_proxy {setting.door}
	}}
}}
"""


def _caddy_handle(number: int, sort: Sort) -> str:
    told = "\n".join(f'\t\t\t{name} "{value}"' for name, value in (*sort.headers, ("Content-Type", sort.kind)))
    tag = "" if sort.has_tag else "\t\t\t-Etag\n"
    return f"""\
	@sort{number} {{
		method GET HEAD
		path_regexp "{sort.pattern}"
		file {{
			try_files {{path}}{sort.index}
		}}
	}}
	handle @sort{number} {{
		header {{
{told}
{tag}			-Last-Modified
		}}
		encode {{
			gzip
			minimum_length {GZIP_FROM_BYTES}
		}}
		file_server {{
			precompressed {" ".join(SUFFIXES)}
		}}
	}}"""


EXAMPLES = {"nginx": nginx, "caddy": caddy}
