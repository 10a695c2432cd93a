"""The desk's words for the states of things, in the user's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = dict[str, str | Promise]

SIGN_ONS: Words = {
    "closed": pgettext_lazy("sign-ons", "closed"),
    "invitation": pgettext_lazy("sign-ons", "by invitation"),
    "public": pgettext_lazy("sign-ons", "public"),
}
SIGN_ONS_EXPLAINED: Words = {
    "closed": _("Nobody can sign at the moment."),
    "invitation": _("Whoever has an invitation link can sign, and nobody else."),
    "public": _("Anybody can sign on the public page, in the ways that the letter's terms allow."),
}
PUBLICATION: Words = {
    "draft": pgettext_lazy("publication", "draft"),
    "embargoed": pgettext_lazy("publication", "embargoed"),
    "released": pgettext_lazy("publication", "released"),
    "archived": pgettext_lazy("publication", "archived"),
}
PUBLICATION_EXPLAINED: Words = {
    "draft": _("The public sees nothing of this letter, and no release is planned."),
    "embargoed": _("The release is planned. Until its moment the public sees nothing of this letter."),
    "released": _("The public reads this letter in all its languages."),
    "archived": _("The letter can be read, and nothing about it changes any more."),
}
STORY_WORK: Words = {
    "draft": pgettext_lazy("work on a story", "draft"),
    "review": pgettext_lazy("work on a story", "in review"),
    "approved": pgettext_lazy("work on a story", "approved"),
    "settled": pgettext_lazy("work on a story", "settled"),
}
STORY_WORK_EXPLAINED: Words = {
    "draft": _("The wording is being worked on."),
    "review": _("The wording waits for somebody who had no hand in it."),
    "approved": _("A second person has read the wording. Any change of it asks for a review again."),
    "settled": _("Nothing is being changed."),
}
STORY_PUBLICATION: Words = {
    "unpublished": pgettext_lazy("publication of a story", "not published"),
    "published": pgettext_lazy("publication of a story", "published"),
    "withdrawn": pgettext_lazy("publication of a story", "withdrawn"),
}
STORY_PUBLICATION_EXPLAINED: Words = {
    "unpublished": _("The public sees nothing of this story."),
    "published": _("The public reads this story in all its languages."),
    "withdrawn": _(
        "Its text and pictures are gone from every public page; its address says that it was withdrawn. "
        "Its wordings are kept on record here."
    ),
}
KINDS: Words = {
    "organisation": pgettext_lazy("kind of signatory", "organisation"),
    "person": pgettext_lazy("kind of signatory", "person of note"),
    "supporter": pgettext_lazy("kind of signatory", "supporter"),
}
STATES: Words = {
    "asked": pgettext_lazy("state of a signature", "asked"),
    "pending": pgettext_lazy("state of a signature", "pending"),
    "confirmed": pgettext_lazy("state of a signature", "confirmed"),
    "listed": pgettext_lazy("state of a signature", "listed"),
    "refused": pgettext_lazy("state of a signature", "refused"),
    "lapsed": pgettext_lazy("state of a signature", "lapsed"),
    "withdrawn": pgettext_lazy("state of a signature", "withdrawn"),
}
BLOCKS: Words = {
    "heading": pgettext_lazy("kind of block", "heading"),
    "paragraph": pgettext_lazy("kind of block", "paragraph"),
    "claim": pgettext_lazy("kind of block", "claim"),
    "demand": pgettext_lazy("kind of block", "demand"),
    "quotation": pgettext_lazy("kind of block", "quotation"),
    "list": pgettext_lazy("kind of block", "list"),
}
GAPS: Words = {
    "missing": _("This block is missing in this language."),
    "extra": _("No other language has this block."),
    "moved": _("This block stands in another place than in the other languages."),
    "merged": _("This block has no place of its own here: another block holds it too."),
    "split": _("This block is a part of one that is whole in the other languages."),
    "kind": _("This block is of another kind in the other languages."),
    "items": _("This list has not as many items as in the other languages."),
}
FACTS: Words = {
    "as-of": _("As of (2026, 2026-03 or 2026-03-09)"),
    "bound": _("Bound of the figure (about, at-least, at-most)"),
    "hedge": _("Hedge (such as reportedly)"),
    "speaker": _("Who says it"),
    "office": _("Office of the speaker"),
}
PURPOSES: Words = {
    "preview": pgettext_lazy("private link", "to look"),
    "invitation": pgettext_lazy("private link", "to sign"),
}
MAILS: Words = {
    "waiting": pgettext_lazy("state of a mail", "waiting"),
    "sent": pgettext_lazy("state of a mail", "sent"),
    "bounced": pgettext_lazy("state of a mail", "bounced"),
    "silenced": pgettext_lazy("state of a mail", "not sent: the mailbox asked for silence"),
}
TEMPLATES: Words = {
    "confirm": pgettext_lazy("mail", "asks for confirmation"),
    "reminder": pgettext_lazy("mail", "reminds of the confirmation"),
    "asked": pgettext_lazy("mail", "asks to sign"),
    "links": pgettext_lazy("mail", "sends the private links again"),
    "listed": pgettext_lazy("mail", "says that the name is listed"),
    "refused": pgettext_lazy("mail", "says that the sign-on was refused, and why"),
    "merged": pgettext_lazy("mail", "says that the sign-on was merged"),
}
VERIFIED: Words = {
    "no": pgettext_lazy("organisation", "not verified"),
    "domain": pgettext_lazy("organisation", "verified by its domain"),
    "desk": pgettext_lazy("organisation", "verified by the desk"),
}
ACTORS: Words = {
    "clock": pgettext_lazy("who acted", "the clock"),
    "command line": pgettext_lazy("who acted", "the command line"),
    "signatory": pgettext_lazy("who acted", "a signatory"),
}
CARD: Words = {
    "name": _("Name"),
    "names": _("Names in other languages"),
    "latin": _("Name in Latin script"),
    "sort_key": _("Sorted under"),
    "website": _("Website"),
    "country": _("Country"),
    "seat": _("In exile, seat in"),
    "representative": _("Representative"),
    "office": _("Office"),
    "role": _("Role"),
    "roles": _("Role in other languages"),
    "is_former": _("Former"),
    "affiliation": _("Affiliation, for identification only"),
    "affiliations": _("Affiliation in other languages"),
}
CHANNELS: Words = {
    "facebook": "Facebook",
    "x": "X (Twitter)",
    "kakao": "KakaoTalk",
    "line": "LINE",
    "whatsapp": "WhatsApp",
    "telegram": "Telegram",
    "mail": _("Mail"),
    "link": pgettext_lazy("way to pass a page on", "copied link"),
    "sheet": pgettext_lazy("way to pass a page on", "the device's own menu"),
    "weibo": _("Weibo"),
    "wechat": pgettext_lazy("way to pass a page on", "WeChat"),
}
VOCABULARY: dict[str, Words] = {
    "sign-ons": SIGN_ONS,
    "sign-ons explained": SIGN_ONS_EXPLAINED,
    "publication": PUBLICATION,
    "publication explained": PUBLICATION_EXPLAINED,
    "story work": STORY_WORK,
    "story work explained": STORY_WORK_EXPLAINED,
    "story publication": STORY_PUBLICATION,
    "story publication explained": STORY_PUBLICATION_EXPLAINED,
    "kind": KINDS,
    "state": STATES,
    "block": BLOCKS,
    "gap": GAPS,
    "fact": FACTS,
    "purpose": PURPOSES,
    "mail": MAILS,
    "mail template": TEMPLATES,
    "verified": VERIFIED,
    "card": CARD,
    "channel": CHANNELS,
}
