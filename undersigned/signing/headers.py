"""What the columns of people's spreadsheets are called, in English, Korean and Chinese, and what they mean."""

import re
import unicodedata

from undersigned.lib.languages import LanguageTag, NotALanguage

FIELDS = (
    "kind", "name", "latin", "sort_key", "website", "country", "seat", "representative", "office", "email", "role",
    "former", "affiliation", "order", "language", "visibility",
)  # fmt: skip
PER_LANGUAGE = ("name", "role", "affiliation")
"""Fields that a sheet may give in several languages, each in a column of its own: name_ko, role_zh-Hans."""

WORDINGS: dict[str, tuple[str, ...]] = {
    "kind": ("kind", "type", "kind of signatory", "구분", "종류", "유형", "类别", "类型", "類別"),
    "name": (
        "name", "organisation", "organization", "organisation name", "organization name", "org", "org name", "group",
        "group name", "name of organisation", "name of organization", "name of group", "full name", "signatory",
        "단체", "단체명", "단체 이름", "기관", "기관명", "이름", "성명", "성함", "서명 단체", "연명 단체",
        "참여 단체", "名称", "组织", "组织名称", "机构", "机构名称", "团体", "团体名称", "姓名", "名字", "名稱",
        "組織", "機構", "團體",
    ),
    "name_ko": ("국문명", "한글명", "한글 이름"),
    "name_en": ("영문명", "영문 이름", "英文名", "英文名称", "英文名稱"),
    "name_zh-Hans": ("중문명", "中文名", "中文名称"),
    "latin": ("latin", "latin form", "latin name", "romanisation", "romanization", "로마자", "영문 표기", "拉丁拼写"),
    "sort_key": ("sort key", "sort", "sort as", "정렬", "排序"),
    "website": (
        "website", "web site", "web", "url", "site", "homepage", "home page", "domain", "link", "웹사이트",
        "홈페이지", "누리집", "网站", "网址", "網站", "網址",
    ),
    "country": (
        "country", "region", "country of seat", "country/region", "nation", "국가", "나라", "소재국", "국적", "国家",
        "地区", "国家/地区", "國家", "地區",
    ),
    "seat": ("seat", "in exile", "in exile, seat in", "seat in", "소재지", "망명지", "所在地"),
    "representative": (
        "representative", "name of representative", "contact", "contact person", "contact name", "authorised by",
        "authorized by", "signed by", "대표", "대표자", "대표자명", "대표자 성명", "담당자", "담당자명",
        "연락 담당자", "代表", "代表人", "联系人", "聯絡人",
    ),
    "office": (
        "office", "position", "job title", "title", "title of representative", "직책", "직위", "직함", "职务", "职位",
        "職務",
    ),
    "email": (
        "email", "e-mail", "mail", "e-mail address", "email address", "contact email", "이메일", "이메일 주소",
        "메일", "전자우편", "전자메일", "邮箱", "电子邮件", "电邮", "電郵", "電子郵件",
    ),
    "role": ("role", "role text", "description", "역할", "약력", "소개", "头衔", "身份", "頭銜"),
    "former": ("former", "former or current", "former/current", "전직", "전현직", "전·현직", "前任", "前任或现任"),
    "affiliation": (
        "affiliation", "affiliation (for identification only)", "institution", "소속", "소속 기관", "所属",
        "所属机构", "单位",
    ),
    "order": ("order", "no", "no.", "number", "#", "순서", "번호", "연번", "순번", "序号", "顺序", "序號"),
    "language": ("language", "언어", "语言", "語言"),
    "visibility": ("visibility", "공개", "공개 여부", "是否公开"),
}  # fmt: skip
LANGUAGES = {
    "korean": "ko", "한글": "ko", "한국어": "ko", "국문": "ko", "韩文": "ko", "韓文": "ko", "english": "en",
    "영문": "en", "영어": "en", "英文": "en", "chinese": "zh-Hans", "중문": "zh-Hans", "중국어": "zh-Hans",
    "中文": "zh-Hans", "简体": "zh-Hans", "繁體": "zh-Hant",
}  # fmt: skip
_BRACKETED = re.compile(r"(.+?) ?[(\[]([^()\[\]]+)[)\]]")


def field_of(header: str) -> str:
    """The field that a header means, such as “name”, or “name_ko” for one language; empty when we do not know."""
    folded = _folded(header)
    for field, wordings in _FOLDED.items():
        if folded in wordings:
            return field
    return _per_language(folded)


def parse_field(text: str) -> str | None:
    """The field called `text`, its language tag in canonical form; None when there is no such field."""
    base, _, tag = text.strip().partition("_")
    if text.strip() in FIELDS:
        return text.strip()
    language = _language(tag, anywhere=True)
    return f"{base}_{language}" if base in PER_LANGUAGE and language else None


def _per_language(folded: str) -> str:
    """“name (ko)”, “한글 단체명”, “role english” → name_ko, name_ko, role_en."""
    bracketed = _BRACKETED.fullmatch(folded)
    first, _, behind = folded.partition(" ")
    before, _, last = folded.rpartition(" ")
    readings = [(behind, _language(first)), (before, _language(last))]
    if bracketed:
        readings.insert(0, (bracketed[1], _language(bracketed[2], anywhere=True)))
    for rest, language in readings:
        for field in PER_LANGUAGE:
            if language and rest in _FOLDED[field]:
                return f"{field}_{language}"
    return ""


def _language(text: str, *, anywhere: bool = False) -> str:
    """The tag that `text` means: a language's name, one of the interface's tags, or in brackets any tag."""
    if text in LANGUAGES:
        return LANGUAGES[text]
    # Outside brackets most tags are also words: “no name”, “id”.
    if not anywhere and not re.fullmatch(r"ko|en|zh(?:-han[st])?", text):
        return ""
    try:
        return LanguageTag.parse(text).value
    except NotALanguage:
        return ""


def _folded(header: str) -> str:
    """Without case, width, invisible signs, and the marks that forms put around a header."""
    text = unicodedata.normalize("NFKC", header).casefold().replace("_", " ")
    visible = "".join(sign for sign in text if sign.isspace() or sign.isprintable())
    return " ".join(visible.split()).strip("*: ")


_FOLDED = {field: {_folded(wording) for wording in wordings} for field, wordings in WORDINGS.items()}
