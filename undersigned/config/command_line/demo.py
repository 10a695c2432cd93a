"""`demo`: the demonstration, set up once and served."""

import importlib
import os
from pathlib import Path

import click
import django
import pyrage

from undersigned.lib.keys import KeyRing

OFFLINE = """\
In earnest, this file would not be here. It is the coalition's identity: it opens the names of those who
are counted only, and the backups. “undersigned key make --secret FILE” writes such a file once, and it
then leaves the server.
"""


@click.command()
@click.option(
    "--data",
    default="data",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Its folder, kept from one start to the next.",
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def demo(data: Path, port: int) -> None:
    """Serve the demonstration: an invented letter with invented signatories."""
    data = data.resolve()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    _settle(data, port)
    _make_keys(data)
    django.setup()
    login = importlib.import_module("undersigned.config.demonstration").stage(data)
    serving = importlib.import_module("undersigned.config.serving")
    address = serving.Address("127.0.0.1", port)
    greeting = f"desk:  {address}desk/  {login}\n"
    raise SystemExit(serving.serve_until_stopped(address, "", greeting=greeting))


def _settle(data: Path, port: int) -> None:
    """Settings of the demonstration; it keeps to its own folder, whatever the environment says."""
    for elsewhere in [name for name in os.environ if name.startswith("UNDERSIGNED_")]:
        del os.environ[elsewhere]
    os.environ |= {
        "UNDERSIGNED_DATA": str(data),
        "UNDERSIGNED_SITE_URL": f"http://127.0.0.1:{port}",
        "UNDERSIGNED_HOSTS": "127.0.0.1,localhost",
        "UNDERSIGNED_MAIL_FOLDER": str(data / "mail"),
        "UNDERSIGNED_MAIL_PACE": "0",
    }


def _make_keys(data: Path) -> None:
    keys, secret = KeyRing(data / "keys"), data / "offline" / "coalition.identity"
    for name in ("django", "mail", "links"):
        keys.make_site_key(name)
    if secret.exists():
        return
    identity = pyrage.x25519.Identity.generate()
    secret.parent.mkdir(exist_ok=True, mode=0o700)
    secret.with_name("README.txt").write_text(OFFLINE)
    keys.set_coalition_recipient(str(identity.to_public()))
    secret.write_text(f"{identity}\n")
    secret.chmod(0o600)
