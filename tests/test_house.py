"""The rules of the house that no linter knows; style and layers are kept by ruff and import-linter."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "undersigned"
MODULES = sorted(PACKAGE.rglob("*.py"))
OWN = [path for path in MODULES if "migrations" not in path.parts]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = {
    "project": "requirements.lock",
    **{group: f"requirements-{group}.lock" for group in ("build", "test", "bench")},
}

LINES_LIMIT = 400
SAY_NOTHING = {"utils", "util", "helpers", "services", "base", "core", "misc", "common", "manager", "handlers"}
VALUES = (
    *("lib/*.py", "signing/sheet.py", "signing/sign_on.py"),
    *(
        f"intake/{name}.py"
        for name in ("buckets", "codings", "commit", "limits", "patience", "relay", "visitors", "wire", "work")
    ),
    *(f"ledger/{name}.py" for name in ("copying", "events", "folder", "keys", "line", "merkle", "note")),
    *(f"ledger/{name}.py" for name in ("proof", "reading", "receipt", "tiles", "verify")),
    *(
        f"letters/{name}.py"
        for name in ("blocks", "inline", "lines", "marks", "markdown", "docx", "parity", "manifest")
    ),
    *(f"stories/{name}.py" for name in ("article", "folder", "manifest", "pictures", "typed")),
)
COMPATIBLE = {
    *("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "LGPL-3.0-only", "GPL-3.0-or-later", "MIT", "MIT-CMU"),
    *("MPL-2.0", "Unlicense", "Apache-2.0 OR BSD-3-Clause", "Apache-2.0 AND BSD-2-Clause"),
}


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


# --- Modules ----------------------------------------------------------------------------------------------------------


def test_a_module_is_short_enough_to_be_read_in_one_sitting() -> None:
    files = [*MODULES, *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmark").rglob("*.py")]
    long = {str(path.relative_to(ROOT)): lines for path in files if (lines := count_lines(path)) > LINES_LIMIT}
    assert not long


def count_lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_a_file_is_a_noun_or_a_verb_of_its_chapter() -> None:
    names = {dotted(path): set(dotted(path).split(".")) & SAY_NOTHING for path in MODULES}
    assert not {module: said for module, said in names.items() if said}


def test_imports_of_our_own_stand_at_the_top_where_the_linter_sees_them() -> None:
    assert not [f"{dotted(path)}:{line}" for path in MODULES for line in hidden_imports(path)]


def hidden_imports(path: Path) -> Iterator[int]:
    for function in ast.walk(ast.parse(path.read_text())):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from (node.lineno for node in ast.walk(function) if imports_our_own(node))


def imports_our_own(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.level > 0 or (node.module or "").split(".")[0] == "undersigned"
    return isinstance(node, ast.Import) and any(name.name.split(".")[0] == "undersigned" for name in node.names)


def test_the_values_know_nothing_of_django() -> None:
    """Nor does anything that they import: asked of an interpreter that has imported all of them."""
    modules = [dotted(path) for pattern in VALUES for path in sorted(PACKAGE.glob(pattern))]
    code = f"import sys, {', '.join(modules)}; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_what_serve_loads_before_it_forks_starts_no_thread() -> None:
    """A child would have the locks of such a thread, and nobody to open them."""
    code = "import django, os; django.setup(); import undersigned.config.serving; print(os.listdir('/proc/self/task'))"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "undersigned.config.settings"}
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=True)
    assert said.stdout.count(b"'") == 2


def test_nothing_is_left_for_later_in_the_source() -> None:
    mark = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX)\b")
    suffixes = {".py", ".html", ".css", ".js", ".md", ".toml", ".txt", ".sh", ""}
    folders = ("undersigned", "tests", "benchmark", "docs", "setup", ".ci")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in suffixes]
    files += [path for path in ROOT.iterdir() if path.suffix in suffixes]
    assert not [str(path.relative_to(ROOT)) for path in files if path.is_file() and mark.search(path.read_text())]


# --- Settings ---------------------------------------------------------------------------------------------------------


def test_the_environment_is_read_by_the_settings_only() -> None:
    readers = [path for path in OWN if re.search(r"\bos\.(environ|getenv)\b|\benv_\w+\(", path.read_text())]
    elsewhere = {dotted(path) for path in readers if path.relative_to(PACKAGE).parts[0] != "config"}
    assert elsewhere <= {"undersigned.lib.env"}


def test_every_setting_is_explained_and_nothing_else_is() -> None:
    explained = set(re.findall(r"\bUNDERSIGNED_[A-Z_]+\b", (ROOT / "docs/settings.md").read_text()))
    assert {name for name in explained if not name.startswith("UNDERSIGNED_TEST_")} == settings_read()


def settings_read() -> set[str]:
    texts = [
        node.value
        for path in (PACKAGE / "config").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return {text for text in texts if re.fullmatch(r"UNDERSIGNED_[A-Z_]+", text)}


# --- Dependencies -----------------------------------------------------------------------------------------------------


def direct(group: str) -> list[Requirement]:
    listed = PROJECT["project"]["dependencies"] if group == "project" else PROJECT["dependency-groups"][group]
    return [Requirement(text) for text in listed]


def explained_dependencies() -> dict[str, str]:
    lines = re.findall(r"^- \*\*(\S+)\*\* \(([^)]+)\): \S", (ROOT / "docs/dependencies.md").read_text(), re.MULTILINE)
    return {canonicalize_name(name): licence for name, licence in lines}


def test_every_direct_dependency_has_its_reason_and_every_reason_its_dependency() -> None:
    assert set(explained_dependencies()) == {canonicalize_name(wish.name) for group in LOCKS for wish in direct(group)}


def test_every_licence_goes_together_with_our_own() -> None:
    assert set(explained_dependencies().values()) <= COMPATIBLE


@pytest.mark.parametrize("group", LOCKS)
def test_a_lock_holds_what_the_project_asks_for(group: str) -> None:
    pinned = dict(re.findall(r"^([\w.-]+)==([^ ;\\]+)", (ROOT / LOCKS[group]).read_text(), re.MULTILINE))
    for wish in direct(group):
        version = pinned.get(canonicalize_name(wish.name), "none")
        assert version != "none" and wish.specifier.contains(version), f"{wish} is {version}; run setup/lock"  # noqa: PT018


@pytest.mark.parametrize("lock", LOCKS.values())
def test_a_lock_pins_everything_by_hash_and_names_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text()
    entries = re.findall(r"^\S+==.*(?:\n    .*)*", text, re.MULTILINE)
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text


# --- Doors to the house -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "script", ["run", "test", "bench", ".ci/run", "setup/lock", "setup/screenshots", "setup/lighthouse"]
)
def test_what_people_start_can_be_started(script: str) -> None:
    assert (ROOT / script).stat().st_mode & 0o111
