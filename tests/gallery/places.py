"""Every page, in one place: its name as a picture, and where it is found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tour:
    """What is looked at in one language: a released letter and a story, and whether the site speaks the language."""

    tag: str
    letter: str = "do-not-send-them-back"
    story: str = "night-watch-at-two-bridges"
    is_spoken: bool = True


TOURS = (Tour("ko"), Tour("en"), Tour("zh-Hans"), Tour("ar", "the-open-well", "lamps-at-the-well", is_spoken=False))

SITE = {
    "front": "/{tag}/",
    "stories": "/{tag}/stories/",
    "newsletter": "/{tag}/newsletter/",
    "names": "/{letter}/{tag}/names/",
    "withdrawn-story": "/stories/taken-back/{tag}/",
}
"""Pages of the whole site, in the languages that the interface speaks; and the lists of a letter that many signed."""

LETTER = {
    "letter": "/{letter}/{tag}/",
    "chooser": "/{letter}/",
    "where-and-when": "/{letter}/{tag}/where-and-when/",
    "letter-stories": "/{letter}/{tag}/stories/",
    "kit": "/{letter}/{tag}/kit/",
    "log": "/{letter}/{tag}/log/",
    "receipt": "/{letter}/{tag}/receipt/",
    "sign-supporter": "/{letter}/{tag}/sign/supporter/",
    "sign-organisation": "/{letter}/{tag}/sign/organisation/",
    "find": "/{letter}/{tag}/find/",
    "privacy": "/{letter}/{tag}/privacy/",
    "offline": "/{letter}/{tag}/offline/",
    "embed-counter": "/{letter}/{tag}/embed/counter/",
    "embed-letter": "/{letter}/{tag}/embed/letter/",
    "story": "/stories/{story}/{tag}/",
    "nothing-there": "/nothing-there/{tag}/",
}
"""Pages that there are for each letter, story and language."""


def public_paths(tour: Tour) -> dict[str, str]:
    """What everybody can read in one language."""
    paths = {**LETTER, **(SITE if tour.is_spoken else {})}
    return {name: path.format(tag=tour.tag, letter=tour.letter, story=tour.story) for name, path in paths.items()}


DESK = {
    "letters": "/desk/",
    "stories": "/desk/stories/",
    "new-story": "/desk/stories/new/",
    "newsletter": "/desk/newsletter/",
    "mailbox": "/desk/mails/",
    "readers": "/desk/readers/",
    "account": "/desk/accounts/",
    "second-factor": "/accounts/2fa/",
    "authenticator-app": "/accounts/2fa/totp/activate/",
    "password": "/accounts/password/change/",
    **{
        name: f"/desk/do-not-send-them-back/{path}"
        for name, path in {
            "letter": "",
            "draft": "draft/",
            "share": "share/",
            "queue": "queue/",
            "signatories": "signatories/",
            "release": "release/",
            "kit": "kit/",
            "press": "press/",
            "press-release": "press/release/en/",
            "press-picture": "press/1/",
            "press-picture-new": "press/new/picture/",
            "links": "links/",
            "mails": "mails/",
            "audit": "audit/",
            "address": "address/",
            "archive": "archive/",
        }.items()
    },
    **{
        f"drafted-{name}": f"/desk/open-the-ferry/{path}"
        for name, path in {
            "letter": "",
            "draft": "draft/",
            "block": "draft/families/en/",
            "queue": "queue/",
            "signatories": "signatories/",
            "release": "release/",
            "links": "links/",
            "kit": "kit/",
            "press": "press/",
            "press-release": "press/release/ko/",
        }.items()
    },
    "embargoed-letter": "/desk/under-embargo/",
    "embargoed-release": "/desk/under-embargo/release/",
    "embargoed-signatories": "/desk/under-embargo/signatories/",
    **{
        f"story-{name}": f"/desk/stories/night-watch-at-two-bridges/{path}"
        for name, path in {
            "overview": "",
            "text": "text/",
            "review": "review/",
            "publication": "publication/",
            "history": "history/",
            "address": "address/",
            "edition": "history/1/",
            "withdraw": "withdraw/",
        }.items()
    },
    "story-drafted": "/desk/stories/in-work/",
    "story-drafted-text": "/desk/stories/in-work/text/",
    "story-drafted-review": "/desk/stories/in-work/review/",
}
"""Pages of the desk, for each language of the interface."""
