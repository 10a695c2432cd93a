"""A wording as somebody types it at the desk: text, sources one a line, facts; parsed as strictly as a file is."""

import re
from collections.abc import Iterable, Mapping

from undersigned.letters import inline
from undersigned.letters.blocks import Kind, Source
from undersigned.letters.content import Wording
from undersigned.letters.inline import Runs
from undersigned.letters.marks import AS_OF, FACTS
from undersigned.lib.refusal import Refusal, Refused, gettext_noop

TEXT_LIMIT = 20_000
FACT_LIMIT = 80
_SOURCE = re.compile(r"(?P<label>[^\s\[\]\\]{1,40}):\s+(?P<text>.+)")


class TextTooLong(Refusal):
    code = "text-too-long"
    message = gettext_noop("This is too long: it may have %(limit)s characters.")


class SourceLineWrong(Refusal):
    code = "source-line-wrong"
    message = gettext_noop("Write each source on a line of its own, as “label: text”. This line is not: “%(line)s”")


class SourceTwice(Refusal):
    code = "source-twice"
    message = gettext_noop("Two sources have the label “%(label)s”.")


class SourceMissing(Refusal):
    code = "source-missing"
    message = gettext_noop("The text refers to [^%(label)s], but no source has this label.")


class SourceUnused(Refusal):
    code = "source-unused"
    message = gettext_noop("Nothing refers to the source “%(label)s”. Write [^%(label)s] in the text where it belongs.")


class NotADate(Refusal):
    code = "not-a-date"
    message = gettext_noop("“%(value)s” is not a date such as 2026, 2026-03 or 2026-03-09.")


def facts_of(kind: str) -> tuple[str, ...]:
    """Which facts a block of `kind` can state."""
    return FACTS.get(Kind(kind), ())


def lines_of(sources: Iterable[Source]) -> str:
    """Sources as they are typed: one a line, its label first."""
    return "\n".join(f"{source.label}: {inline.write(inline.one_line(inline.read(source.text)))}" for source in sources)


def parse(kind: str, fields: Mapping[str, str]) -> Wording:
    """The wording in `fields` (text, sources, and the facts of `kind`); Refused with all that is wrong, by field."""
    refusals: list[Refusal] = []
    text, labels = _text(kind, fields.get("text", ""), refusals)
    sources = _sources(fields.get("sources", ""), refusals)
    facts = {name: fields.get(name, "").strip() for name in facts_of(kind)}
    refusals += _wrong_facts(facts)
    if not refusals:
        refusals += _loose_ends(labels, sources)
    if refusals:
        raise Refused(refusals)
    ordered = {label: Source(label, sources[label]) for label in labels}
    return Wording(text, tuple(ordered.values()), {name: value for name, value in facts.items() if value})


def as_typed(text: str) -> str:
    """What a browser sent, with the line ends that it was given."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _text(kind: str, typed: str, refusals: list[Refusal]) -> tuple[str, tuple[str, ...]]:
    typed = as_typed(typed)
    if len(typed) > TEXT_LIMIT:
        refusals.append(TextTooLong("text", limit=TEXT_LIMIT))
        return "", ()
    parts = [line for line in typed.split("\n") if line.strip()] if kind == Kind.LIST else [typed]
    read = [_runs(part, "text", refusals) for part in parts]
    if kind in (Kind.LIST, Kind.HEADING):
        read = [inline.one_line(runs) for runs in read]
    labels = inline.labels(run for runs in read for run in runs)
    return "\n".join(inline.write(runs) for runs in read if runs), labels


def _sources(typed: str, refusals: list[Refusal]) -> dict[str, str]:
    sources: dict[str, str] = {}
    for line in as_typed(typed).split("\n"):
        found = _SOURCE.fullmatch(line.strip())
        if not line.strip():
            continue
        if not found:
            refusals.append(SourceLineWrong("sources", line=line.strip()[:80]))
        elif found["label"] in sources:
            refusals.append(SourceTwice("sources", label=found["label"]))
        else:
            sources[found["label"]] = inline.write(_runs(found["text"], "sources", refusals))
    return sources


def _runs(typed: str, field: str, refusals: list[Refusal]) -> Runs:
    try:
        return inline.read(typed.strip())
    except Refusal as refusal:
        refusal.field = field
        refusals.append(refusal)
        return ()


def _wrong_facts(facts: Mapping[str, str]) -> list[Refusal]:
    too_long = [name for name, value in facts.items() if len(value) > FACT_LIMIT]
    wrong: list[Refusal] = [TextTooLong(name, limit=FACT_LIMIT) for name in too_long]
    as_of = facts.get("as-of", "")
    if as_of and not AS_OF.fullmatch(as_of):
        wrong.append(NotADate("as-of", value=as_of[:40]))
    return wrong


def _loose_ends(labels: Iterable[str], sources: Mapping[str, str]) -> list[Refusal]:
    missing: list[Refusal] = [SourceMissing("sources", label=label) for label in labels if label not in sources]
    return missing + [SourceUnused("sources", label=label) for label in sources if label not in set(labels)]
