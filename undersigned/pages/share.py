"""Passing a page on: plain links to the services that readers use, and nothing of theirs on our pages."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from undersigned.stories.referrals import CHANNELS


@dataclass(frozen=True, slots=True)
class ShareLink:
    """One service: following `href` opens it, and asks it for nothing before."""

    channel: str
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Share:
    """All ways to pass one page on. `watched` are services that a state reads along with; a warning stands before them.

    `kakao` is None where the site has no key at Kakao: then the reader copies the link.
    """

    title: str
    text: str
    address: str
    sheet: str
    links: tuple[ShareLink, ...]
    kakao: ShareLink | None
    watched: tuple[ShareLink, ...]
    qr: SafeString


def share(path: str, title: str, text: str) -> Share:
    """The ways to pass on the page at `path`; labels are in the interface language that is active."""
    addresses = {channel: via(path, channel) for channel in CHANNELS}
    links = {channel: ShareLink(channel, label, href) for channel, label, href in _links(addresses, title, text)}
    return Share(
        title=title,
        text=text,
        address=addresses["link"],
        sheet=addresses["sheet"],
        links=tuple(link for link in links.values() if link.channel not in ("kakao", "weibo")),
        kakao=links["kakao"] if settings.KAKAO_KEY else None,
        watched=(links["weibo"],),
        qr=qr(addresses["wechat"]),
    )


def via(path: str, channel: str) -> str:
    """The whole address of a page, marked with the channel by which it is passed on: the door counts these."""
    return f"{settings.SITE_URL}{path}?via={channel}"


@lru_cache(maxsize=1024)
def qr(address: str) -> SafeString:
    """A QR code, black on white in every theme, for cameras need it so."""
    code = segno.make(address, error="m", micro=False)
    drawn = code.svg_inline(scale=4, border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None)
    return mark_safe(drawn)  # noqa: S308  drawn from an address of ours, as paths


def _links(addresses: Mapping[str, str], title: str, text: str) -> list[tuple[str, str, str]]:
    """Channel, what it is called, and the address at which the service takes an address and a text."""
    both = {channel: f"{text}\n{address}" for channel, address in addresses.items()}
    return [
        ("facebook", "Facebook", _to("https://www.facebook.com/sharer/sharer.php", u=addresses["facebook"])),
        ("x", "X (Twitter)", _to("https://x.com/intent/post", text=text, url=addresses["x"])),
        ("kakao", "KakaoTalk", _kakao(addresses["kakao"], text)),
        ("line", "LINE", _to("https://social-plugins.line.me/lineit/share", url=addresses["line"], text=text)),
        ("whatsapp", "WhatsApp", _to("https://wa.me/", text=both["whatsapp"])),
        ("telegram", "Telegram", _to("https://t.me/share/url", url=addresses["telegram"], text=text)),
        ("mail", _("Mail"), _to("mailto:", subject=title, body=both["mail"])),
        ("weibo", _("Weibo"), _to("https://service.weibo.com/share/share.php", url=addresses["weibo"], title=text)),
    ]


def _to(service: str, **fields: str) -> str:
    return f"{service}?{urlencode(fields, quote_via=quote)}"


def _kakao(address: str, text: str) -> str:
    """What Kakao's own script would open, without that script."""
    link = {"web_url": address, "mobile_web_url": address}
    template = {"object_type": "text", "text": text, "link": link}
    params = {"link_ver": "4.0", "template_object": template}
    origin = quote(settings.SITE_URL, safe="")
    return _to(
        "https://sharer.kakao.com/talk/friends/picker/link",
        app_key=settings.KAKAO_KEY,
        ka=f"sdk/2.7.2 os/javascript sdk_type/javascript lang/ko device/Linux origin/{origin}",
        validation_action="default",
        validation_params=json.dumps(params, ensure_ascii=False),
    )
