"""nginx with two workers, serving one page: the same bytes and the same headers as the site's own answer."""

import os
from pathlib import Path

from benchmark.ground import Ground
from benchmark.processes import Group, program
from tests.flows.office import Answer, free_port

OWN = {"date", "server", "etag", "last-modified", "content-length", "content-type", "connection", "transfer-encoding"}
"""Headers that nginx writes by itself."""

CONFIGURATION = """\
worker_processes 2;
daemon off;
{user}
pid {folder}/pid;
error_log stderr error;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    open_file_cache max=100;
    default_type "{kind}";
    {temporary}
    server {{
        listen 127.0.0.1:{port};
        root {folder}/root;
        location / {{
{headers}
        }}
    }}
}}
"""
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


class Nginx:
    """The server, frozen but while it is measured."""

    def __init__(self, ground: Ground, folder: Path, page: Answer) -> None:
        self.port = free_port()
        (folder / "root").mkdir(parents=True)
        (folder / "root" / "page").write_bytes(page.body)
        configuration = folder / "nginx.conf"
        configuration.write_text(self._configuration(folder, page))
        command = [program("nginx"), "-p", str(folder), "-e", "stderr", "-c", str(configuration)]
        self.group: Group = ground.start(command, self.port)
        self.group.freeze()

    def _configuration(self, folder: Path, page: Answer) -> str:
        headers = [
            f'            add_header {name} "{text.replace(chr(34), chr(92) + chr(34))}";'
            for name, text in page.headers.items()
            if name not in OWN
        ]
        return CONFIGURATION.format(
            user="user root;" if os.geteuid() == 0 else "",
            folder=folder,
            port=self.port,
            kind=page.headers["content-type"],
            temporary="\n    ".join(f"{name}_temp_path {folder}/{name};" for name in TEMPORARY),
            headers="\n".join(headers),
        )
