"""Reading the letter: its page beside nginx, which has nothing else to do."""

from benchmark.ground import Ground
from benchmark.letter import SLUG
from benchmark.nginx import Nginx
from benchmark.row import Goal, Measured, Row

PAGE = f"/{SLUG}/en/"
CONNECTIONS = 64


def page_vs_nginx(ground: Ground) -> Measured:
    return _measure(ground, 0)


def page_vs_nginx_full(ground: Ground) -> Measured:
    return _measure(ground, ground.pace.rows)


def _measure(ground: Ground, rows: int) -> Measured:
    """The worker rests: otherwise it takes in meanwhile what other rows signed."""
    site, seconds = ground.site("postgresql", rows), ground.pace.seconds
    with site.awake(worker_rests=True):
        page = site.office.ask(PAGE)
    nginx = Nginx(ground, ground.folder / f"nginx_{rows}", page)
    wrk = ground.wrk(nginx.port)

    def theirs() -> float:
        nginx.group.thaw()
        load = wrk.get("/page", connections=CONNECTIONS, seconds=seconds)
        nginx.group.freeze()
        return load.rate

    def ours() -> float:
        return site.get(PAGE, connections=CONNECTIONS, seconds=seconds).rate

    pair = ground.contest(ours, theirs)
    figures = {"page/s": pair.first, "nginx/s": pair.second}
    return Measured.of(pair.ratio, figures, f"{len(page.body):,} bytes, headers apart")


ROWS = (
    Row(
        "page_vs_nginx",
        "the letter's page, while the worker rests ÷ nginx, 2 workers, the same bytes and headers",
        Goal(0.5),
        page_vs_nginx,
    ),
    Row(
        "page_vs_nginx_full",
        "the same with millions of signatures stored",
        Goal(0.5),
        page_vs_nginx_full,
    ),
)
