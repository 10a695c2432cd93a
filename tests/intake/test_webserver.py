import gzip
import http.client
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.flows.office import LOOPBACK, SECONDS, Office, files_below, free_port, until
from tests.people import SOMI
from tests.stage import NOON, sign_and_confirm
from undersigned.config.worker import sequence_step
from undersigned.intake.headers import lifetime_of, safety_of, type_of
from undersigned.intake.webserver import COUNTED, EXAMPLES, Setting, caddy, nginx, sorts
from undersigned.letters.models import Letter
from undersigned.pages.bakery import bake_all
from undersigned.pages.generation import PublicFolder
from undersigned.pages.moved import UNTOLD


@pytest.fixture
def baked(letter: Letter, folder: PublicFolder) -> PublicFolder:
    """A public folder with all that the bakery makes of a letter and its log."""
    sign_and_confirm(SOMI, letter)
    sequence_step(NOON)
    bake_all(NOON)
    return folder


def addresses(folder: PublicFolder) -> list[str]:
    """Where each file is given out, but for those that serve the server."""
    paths = [path for path in folder.paths() if path not in UNTOLD and f"/{path}".startswith(COUNTED) is False]
    return [f"/{path.removesuffix('index.html')}" for path in paths]


def test_each_file_is_of_a_sort_and_that_says_what_the_door_says(baked: PublicFolder) -> None:
    assert len(addresses(baked)) > 20
    for address in addresses(baked):
        sort = next(sort for sort in sorts() if sort.fits(address))
        path = address[1:] + ("index.html" if address.endswith("/") else "")
        assert sort.kind == type_of(path), address
        assert dict(sort.headers) == {"Cache-Control": lifetime_of(path), **dict(safety_of(path))}, address


@pytest.mark.parametrize("server", EXAMPLES)
def test_an_example_names_host_folder_and_door(server: str) -> None:
    text = EXAMPLES[server](Setting("letters.example", Path("/srv/public"), "127.0.0.1:8765"))
    for named in ("letters.example", "/srv/public", "127.0.0.1:8765", "UNDERSIGNED_PROXIES=1"):
        assert named in text


def test_caddys_braces_match() -> None:
    text = caddy(Setting("letters.example", Path("/srv/public"), "127.0.0.1:8765"))
    lines = [line.strip() for line in text.splitlines()]
    assert len([line for line in lines if line.endswith("{")]) == lines.count("}")


def test_caddy_is_told_before_all_sites_to_write_down_no_request() -> None:
    text = caddy(Setting("letters.example", Path("/srv/public"), "127.0.0.1:8765"))
    assert "exclude http.log.error http.handlers\n" in text.partition("letters.example {")[0]


# --- nginx itself -----------------------------------------------------------------------------------------------------


@pytest.fixture
def configured(tmp_path: Path, folder: PublicFolder) -> Callable[[int, int], Path]:
    """The example for nginx, made ready for a user without rights: other ports, its own places to write."""

    def write(port: int, door: int) -> Path:
        example = nginx(Setting("letters.example", folder.root, f"127.0.0.1:{door}"))
        example = example.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("    listen [::]:80;\n", "")
        writes = "".join(
            f"    {name}_temp_path {tmp_path}/{name} 1;\n"  # what lay there leaves a folder
            for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        owner = "user root; " if os.getuid() == 0 else ""  # or it could not read the folder of a test
        place = tmp_path / "nginx.conf"
        place.write_text(
            f"{owner}daemon off; pid {tmp_path}/nginx.pid; error_log {tmp_path}/error.log;\n"
            f"events {{ }}\nhttp {{\n{writes}{example}}}\n"
        )
        return place

    return write


def program() -> str:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    assert found, "nginx is missing; ./test installs it, or says how"
    return found


def test_nginx_takes_its_example(configured: Callable[[int, int], Path]) -> None:
    command = [program(), "-t", "-c", str(configured(8080, 8000))]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr


class Behind(BaseHTTPRequestHandler):
    """A door that says what it was asked, and by whom."""

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        said = f"{self.command} {self.path} {self.headers['X-Forwarded-For']} {self.rfile.read(length).decode()}"
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said.encode() if self.command != "HEAD" else b"")

    do_POST = do_HEAD = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is written down."""


@pytest.fixture
def before(tmp_path: Path, baked: PublicFolder, configured: Callable[[int, int], Path]) -> Generator[Office]:
    """nginx in front of such a door; asked as an office is asked."""
    port = free_port()
    with ThreadingHTTPServer(("127.0.0.1", 0), Behind) as door:
        Thread(target=door.serve_forever, daemon=True).start()
        with running(configured(port, door.server_port), port):
            yield Office(tmp_path, "", port)
        door.shutdown()


@contextmanager
def running(configuration: Path, port: int) -> Generator[None]:
    process = subprocess.Popen([program(), "-c", str(configuration)], stderr=subprocess.DEVNULL)
    try:
        until(lambda: listens(port), "nginx to listen")
        yield
    finally:
        process.terminate()
        process.wait(SECONDS)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_nginx_says_with_each_file_what_the_door_says(before: Office, baked: PublicFolder) -> None:
    for address in addresses(baked):
        answer = before.ask(address)
        path = address[1:] + ("index.html" if address.endswith("/") else "")
        assert answer.status == 200
        assert answer.body == (baked.root / path).read_bytes()
        assert answer.headers["content-type"] == type_of(path)
        told = {"Cache-Control": lifetime_of(path), **dict(safety_of(path))}
        assert {name: answer.headers[name.lower()] for name in told} == told
        assert "last-modified" not in answer.headers
        assert ("etag" in answer.headers) == (lifetime_of(path) != "no-store")


def test_nginx_sends_what_lies_packed_in_the_folder(before: Office, baked: PublicFolder, letter: Letter) -> None:
    address = f"/{letter.slug}/en/"
    answer, plain = before.ask(address, Accept_Encoding="gzip"), before.ask(address)
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.body == (baked.root / f"{address[1:]}index.html.gz").read_bytes()
    assert gzip.decompress(answer.body) == plain.body
    assert answer.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-type"] == plain.headers["content-type"]
    assert answer.headers["cache-control"] == plain.headers["cache-control"]
    assert answer.headers["etag"] != plain.headers["etag"]
    assert "last-modified" not in answer.headers
    assert before.ask(address, Accept_Encoding="gzip", If_None_Match=answer.headers["etag"]).status == 304


def test_what_the_door_answers_is_not_packed_together_with_what_was_typed(before: Office) -> None:
    long = f"/desk/?{'q' * 2000}"
    assert "content-encoding" not in before.ask(long, Accept_Encoding="gzip").headers


def test_what_is_posted_and_what_is_no_file_goes_to_the_door(before: Office, letter: Letter) -> None:
    def said(method: str, address: str, **headers: str) -> str:
        return before.ask(address, method, **headers).body.decode()

    form = f"/{letter.slug}/en/sign/supporter/"
    assert said("POST", form) == f"POST {form} 127.0.0.1 "
    for address in ("/desk/", f"/{letter.slug}/en", "/nowhere/", "/moved.json", "/404.html", "/stories/", "/s/token/"):
        assert said("GET", address, X_Forwarded_For="198.51.100.1") == f"GET {address} 198.51.100.1, 127.0.0.1 "
    assert before.ask(form).headers["content-type"] == "text/html; charset=utf-8"
    shared = f"/{letter.slug}/en/?via=mail"
    assert said("GET", shared) == f"GET {shared} 127.0.0.1 "


def test_while_the_door_is_away_nginx_writes_down_nobody_and_no_private_link(
    tmp_path: Path, configured: Callable[[int, int], Path]
) -> None:
    port, reader = free_port(), "127.0.0.9"
    with running(configured(port, free_port()), port):
        for method, address in (("POST", "/s/SECRET/"), ("GET", "/s/SECRET/?via=mail"), ("GET", "/desk/")):
            connection = http.client.HTTPConnection(LOOPBACK, port, SECONDS, source_address=(reader, 0))
            connection.request(method, address)
            assert connection.getresponse().status == 502
            connection.close()
    written = b"".join(content for _, content in files_below(tmp_path))
    assert b"SECRET" not in written
    assert reader.encode() not in written


def test_neither_what_is_sent_in_nor_what_is_answered_lies_on_the_disk_of_nginx(
    tmp_path: Path, before: Office, letter: Letter
) -> None:
    """A picture tells where it was taken, and an export who signed; also to slow readers."""
    sent = b"x" * 16_000_000
    connection = http.client.HTTPConnection(LOOPBACK, before.port, timeout=SECONDS)
    connection.request("POST", f"/{letter.slug}/en/sign/supporter/", sent)
    answer = connection.getresponse()
    time.sleep(0.5)  # a slow reader: nginx has to put somewhere what comes meanwhile, more than any socket takes
    assert answer.read().endswith(sent)
    connection.close()
    assert not [path for kind in ("client_body", "proxy") for path in (tmp_path / kind).iterdir()]
