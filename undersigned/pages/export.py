"""The public folder at one checkpoint, for any web server, CDN, onion service or stick: a folder or one ZIP file.

What `copied` makes of each file works from a disk too. The logs are those that the pages count, each at one published
checkpoint. Equal records give equal files, and an equal ZIP.
"""

import errno
import fcntl
import os
import shutil
import zipfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from undersigned.ledger.copying import copy_log
from undersigned.ledger.folder import CHECKPOINT
from undersigned.ledger.models import Log
from undersigned.ledger.note import Checkpoint, shorten
from undersigned.ledger.publish import publish
from undersigned.lib.languages import INTERFACE, interface_for
from undersigned.lib.refusal import Refusal, gettext_noop
from undersigned.pages.bakery import baked, public_folder, public_letters
from undersigned.pages.copied import copied
from undersigned.pages.generation import PublicFolder, settle
from undersigned.pages.letter import WORKER
from undersigned.pages.moved import UNTOLD
from undersigned.pages.offline import REST as OFFLINE
from undersigned.pages.packed import PACKED_ALREADY

TOLD = "EXPORT.txt"
"""The file that says of what this is a copy, and of when."""
ON_DEVICES = (f"/{WORKER}", f"/{OFFLINE}index.html")
"""What readers of the site keep on their devices: who has a copy has more than that."""
MADE = (2000, 1, 1, 0, 0, 0)
"""The time of every file in a ZIP: equal contents are equal bytes."""
MODE = 0o100644
OF_THE_TARGET = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ENOTEMPTY}
    | {errno.ENAMETOOLONG, errno.EEXIST, errno.ENOTDIR}
)
"""What may go wrong where the export is written. Anything else is a fault of ours."""

Stamp = tuple[int, int, int]
Progress = Callable[[int, int], None]
"""Hears how many files are done, and of how many."""


class ExportRefused(Refusal):
    """Nothing was exported, and nothing of it is left anywhere."""

    code = "export-refused"
    status = 409


class NothingBaked(ExportRefused):
    code = "nothing-baked"
    message = gettext_noop("Nothing is public here yet, so there is nothing to export. Start the program first.")


class TargetTaken(ExportRefused):
    code = "target-taken"
    message = gettext_noop("%(target)s is there already and is not an empty folder. Give another name.")


class TargetIsADisk(ExportRefused):
    code = "target-is-a-disk"
    message = gettext_noop(
        "%(target)s is a disk of its own, and an export appears all at once. Give a new folder on it, such as "
        "%(target)s/site."
    )


class TargetBusy(ExportRefused):
    code = "target-busy"
    message = gettext_noop("Another export to %(target)s is under way.")


class TargetNotWritten(ExportRefused):
    code = "target-not-written"
    message = gettext_noop("%(target)s cannot be written: %(reason)s. Nothing of the export is left.")


@dataclass(frozen=True, slots=True)
class Exported:
    """What was exported: how many files, of which generation, and each log's address with its checkpoint."""

    files: int
    generation: str
    heads: dict[str, Checkpoint]


def export(target: Path, at: datetime, progress: Progress = lambda done, of: None) -> Exported:
    """Write the public folder to `target`: a new or empty folder, or a new file that ends in .zip.

    It is there in whole or not at all. ExportRefused says why it is not.
    """
    folder, place = public_folder(), target.resolve()
    _served(folder)
    _refuse_taken(place)
    with _refusing(place), _workshop(place) as workshop:
        copy = _Copy(folder, workshop / "site", progress)
        copy.take()  # most of it while others go on baking; what they change is taken again
        with baked(at):
            for letter in public_letters():
                publish(Log.objects.values_list("pk", flat=True).get(origin=letter.origin))
            copy.take()
            exported = copy.finish()
        if _is_zip(place):
            _pack(copy.root, workshop / "zip", progress).replace(place)
        else:
            os.sync()
            copy.root.rename(place)
        settle(place.parent)
    return exported


@dataclass(slots=True)
class _Copy:
    """A copy of the public folder in `root`, which `take` brings up to date as often as it is asked."""

    folder: PublicFolder
    root: Path
    progress: Progress
    taken: dict[str, Stamp] = field(default_factory=dict)
    heads: dict[str, Checkpoint] = field(default_factory=dict)

    def take(self) -> None:
        """Copy what is not as it was when it was copied, and remove what is gone; then the logs."""
        generation = _served(self.folder)
        found = dict(_stamps(generation, self.folder.paths()))
        changed = sorted(path for path, stamp in found.items() if self.taken.get(path) != stamp)
        for path in [*(self.taken.keys() - found.keys()), *changed]:
            (self.root / path).unlink(missing_ok=True)
        self.taken = {path: stamp for path, stamp in found.items() if self.taken.get(path) == stamp}
        for done, path in enumerate(changed, start=1):
            if self._copy(generation, path):
                self.taken[path] = found[path]
            self.progress(done, len(changed))
        logs = {path: (generation / path).resolve() for path in self.folder.links()}
        for path in self.heads.keys() - logs.keys():
            shutil.rmtree(self.root / path)
        self.heads = {
            path: copy_log(log, self.root / path) for path, log in sorted(logs.items()) if (log / CHECKPOINT).exists()
        }

    def finish(self) -> Exported:
        """Add the file that tells what this is; what there is in all."""
        (self.root / TOLD).write_text("".join(f"{line}\n" for line in self._told()), encoding="utf-8")
        for place, _folders, _names in os.walk(self.root, topdown=False):
            if not os.listdir(place):
                os.rmdir(place)
        return Exported(len(_files(self.root)), _served(self.folder).name, self.heads)

    def _copy(self, generation: Path, path: str) -> bool:
        """Copy one file; False where it has gone since it was found."""
        try:
            content = (generation / path).read_bytes()
        except FileNotFoundError:
            return False
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(copied(path, content, settings.SITE_URL))
        return True

    def _told(self) -> Iterator[str]:
        for language in INTERFACE:
            with translation.override(interface_for(language)):
                yield _("This is a copy of %(site)s. Open index.html in a browser; no network is needed to read.") % {
                    "site": settings.SITE_URL
                }
                yield _(
                    "Names may have been corrected or withdrawn since. Delete this copy when you have a newer one, and "
                    "pass on none that is old."
                )
                yield ""
        for path, head in self.heads.items():
            slug = path.partition("/")[0]
            line = shorten((self.root / path / CHECKPOINT).read_bytes())
            yield from (f"{head.origin}: {head.size}", f"  {line}", f"  undersigned log verify {slug}/", "")


def _served(folder: PublicFolder) -> Path:
    """The generation that is served; NothingBaked before the first one."""
    if folder.current is None:
        raise NothingBaked
    return folder.current


def _stamps(generation: Path, paths: set[str]) -> Iterator[tuple[str, Stamp]]:
    """The files to be copied, each with what tells it from another one at its place."""
    for path in paths - UNTOLD:
        if not path.endswith(ON_DEVICES):
            with suppress(FileNotFoundError):
                found = (generation / path).stat()
                yield path, (found.st_ino, found.st_mtime_ns, found.st_size)


# --- Where it is written ----------------------------------------------------------------------------------------------


def _is_zip(target: Path) -> bool:
    return target.suffix.lower() == ".zip"


def _refuse_taken(target: Path) -> None:
    """Nothing that is there already is overwritten or mixed with an export."""
    if not target.parent.is_dir():
        raise TargetNotWritten(target=target, reason=os.strerror(errno.ENOENT))
    if not target.exists():
        return
    if _is_zip(target) or not target.is_dir() or any(target.iterdir()):
        raise TargetTaken(target=target)
    if target.is_mount():
        raise TargetIsADisk(target=target)


@contextmanager
def _workshop(target: Path) -> Generator[Path]:
    """A hidden folder beside `target`, on the same disk, for one export at a time; gone when it ends, and what a
    crashed one left in it is gone when the next begins."""
    place = target.with_name(f".{target.name}.part")
    place.mkdir(exist_ok=True)
    held = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TargetBusy(target=target) from None
        try:
            _empty(place)
            yield place
        finally:
            _empty(place)
            place.rmdir()
    finally:
        os.close(held)


def _empty(place: Path) -> None:
    for inside in place.iterdir():
        if inside.is_dir():
            shutil.rmtree(inside)
        else:
            inside.unlink()


@contextmanager
def _refusing(target: Path) -> Generator[None]:
    """Say plainly what is wrong with the place that was named."""
    try:
        yield
    except OSError as fault:
        if fault.errno not in OF_THE_TARGET:
            raise
        raise TargetNotWritten(target=target, reason=fault.strerror) from None


def _pack(root: Path, file: Path, progress: Progress) -> Path:
    """Everything below `root` in one ZIP, on the disk: `file`."""
    paths = _files(root)
    with file.open("wb") as into:
        with zipfile.ZipFile(into, "w") as archive:
            for done, path in enumerate(paths, start=1):
                info = zipfile.ZipInfo(path, MADE)
                info.external_attr = MODE << 16
                way = zipfile.ZIP_STORED if Path(path).suffix in PACKED_ALREADY else zipfile.ZIP_DEFLATED
                archive.writestr(info, (root / path).read_bytes(), way)
                progress(done, len(paths))
        into.flush()
        os.fsync(into.fileno())
    return file


def _files(root: Path) -> list[str]:
    return sorted(
        Path(place, name).relative_to(root).as_posix() for place, _folders, names in os.walk(root) for name in names
    )
