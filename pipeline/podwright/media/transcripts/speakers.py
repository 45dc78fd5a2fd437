"""The rule by which `Name: text` is read as a speaker and what they say, in every format.

The name stands before the first colon (":" or "："), at most 60 characters, and white space follows ":". It is one to
four words, each of letters, digits, full stops, apostrophes, hyphens and underscores. The first begins with a capital
letter and is not one of the words that open labels ("Note:", "Step 2:", "The trial:"); the others begin with a capital
or are numbers ("Speaker 1"). Particles ("van", "de la") may stand between, and credentials after commas ("Ada Example,
MD"). In a script without capitals a name is known by being there again and again, see `uncased_names`.

The name may stand in brackets, in parentheses or in bold type. The names that tools make up ("[SPEAKER_00]",
"(speaker 1)") need no colon then, and ">>" says, as in captions of broadcasts, that another speaker begins.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from podwright.core.scripts import has_spaceless
from podwright.media.transcripts.source import tidy_lines

_LENGTH = 60
_WORDS = 4
#: The longest name in a script without spaces: 発言者 and a number, or a name from abroad.
_SPACELESS_LENGTH = 12
_WORD = re.compile(r"[^\W\d_][\w.'’-]*")
_INSIDE_WORDS = frozenset(".'’-_·・=＝׳״\u200c\u200d")
_CREDENTIAL = re.compile(r"(?=[^A-Z]*[A-Z][^A-Z]*[A-Z])[A-Za-z.-]{2,10}")
_COLON = re.compile("[:：]")
#: What stands around a name and is not part of it: marks of direction, bold and italic type of Markdown.
_AROUND = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069 \t*_\x01\x02"
_ANOTHER = re.compile(r"(?:(?:>{2,3}|&gt;&gt;)\s*)+")
#: Names that tools make up, which are names wherever they stand in brackets.
_MADE_UP = re.compile(
    r"(?:speaker|spk|spkr|person|participant|sprecher|locuteur|locutor|hablante|orador|relatore|parlante|talare|mówca"
    r"|спикер|说话人|發言者|发言人|講者|話者|スピーカー|화자)[ _-]{0,2}(?:[0-9]{1,3}|[A-Z]|\?)",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"(?:\[([^\[\]]{1,60})\]|\(([^()]{1,60})\)|【([^【】]{1,60})】|（([^（）]{1,60})）)\s*([:：]?)")
_PARTICLES = frozenset(
    (
        "al",
        "bin",
        "da",
        "de",
        "del",
        "della",
        "den",
        "der",
        "di",
        "do",
        "dos",
        "du",
        "el",
        "la",
        "le",
        "van",
        "von",
        "y",
        "zu",
    )
)
#: Ends of what is said about somebody, and not of a name, in scripts without capitals: "he said:".
_SAYING = ("说", "說", "道", "问", "問", "答", "是", "如", "下", "言", "曰", "は", "が", "と", "를", "는", "은")
#: Marks at the end of a sentence in the scripts of the world, with what closes behind them
#: (https://www.unicode.org/reports/tr44/#Sentence_Terminal).
_SENTENCE_END = re.compile("[.!?…。！？．｡؟۔।॥։።။។៕།༎᠃᙮꓿‼⁇⁈⁉⸮](?:[\"'”’)\\]»›」』】）》〉]|\\s)*$")
#: Scripts that part sentences by a space, so that the end of a caption is all that there is: Thai, Lao.
_WITHOUT_ENDS = re.compile("[\u0e00-\u0eff]\\s*$")

#: First words, in lower case, of what comes before a colon in prose and is nobody's name.
_LABEL_WORDS = """
    a about abstract after again aim all also an and another answer as at background because before besides both bottom
    but by case caution chapter clinical comment conclusion conclusions contact contents correction date day days
    definition design disclaimer disclosure disclosures discussion dose duration each editor's email episode evidence
    example exception fact figure final finally finding findings first for four friday funding further goal he her here
    hint his how however i if important in indeed instead interpretation introduction is it its key last later learn
    lesson limitations main meanwhile measures message methods monday month more most music my myth next no not note
    notes now number objective objectives of on once one only option or others our outcome outcomes outro overall part
    patients people phase please point points population practice problem publication purpose question questions quick
    reason recall recap recommendation reference references related remember reminder result results risk rule saturday
    second section setting she since slide so some source sources step still subscribe suggestion summary sunday table
    take takeaway takeaways task that the their then there therefore these they third this those three thursday time tip
    tips title to today tomorrow topic transcript treatment trial tuesday two until update warning we website wednesday
    week what when where which who why with yes yesterday yet you your
    achtung also anmerkung antwort beispiel denn ergebnis fazit frage hinweis kapitel quelle thema tipp untertitel
    untertitelung warnung wichtig zusammenfassung
    attention chapitre exemple note question remarque réponse sous-titrage sous-titres
    atención capítulo ejemplo nota pregunta respuesta resumen subtítulos legendas resposta pergunta
    attenzione capitolo domanda esempio risposta sottotitoli bron hoofdstuk let ondertiteling ondertitels vraag
    antwoord undertekster undertexter teksting tekstitys napisy titulky titlovi субтитры примечание вопрос ответ глава
    字幕 注 注意 例 例如 比如 问 答 问题 問題 答案 结论 結論 首先 其次 最后 最後 总之 總之 标题 標題 時間 时间 地点
    地點 翻译 翻譯 質問 回答 結論 注釈 出典 참고 예 질문 답 자막 הערה שאלה תשובה כתוביות לדוגמה דוגמה سؤال جواب ملاحظة
    مثال ترجمة نکته หมายเหตุ คำถาม คำตอบ ตัวอย่าง नोट प्रश्न उत्तर उदाहरण
"""
_LABELS = frozenset(_LABEL_WORDS.split())


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch of lines; text may be empty."""

    #: Number of the first line.
    line: int
    #: None where no name is said.
    speaker: str | None
    text: str
    #: Somebody begins to speak of whom the name is not said.
    another: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """The beginning of a text, a speaker's name or a mark that another speaker begins, and the rest of it."""

    speaker: str | None
    rest: str
    another: bool = False


NO_NAMES: frozenset[str] = frozenset()


def split_turns(lines: Iterable[str], *, line: int, names: Collection[str] = NO_NAMES) -> list[Turn]:
    """Return the turns in the lines of one paragraph or caption, the first of which has the number line.

    A name counts at the start of the first line, and at the start of another if the line above ends a sentence:
    a name in prose that happens to be wrapped to the start of a line does not begin a turn. names: see `open_text`.
    """
    runs: list[tuple[int, list[str], Opening]] = []
    for number, each in enumerate(lines, start=line):
        opening = open_text(each, names)
        sure = opening.another or (opening.speaker is not None and _BRACKETED.match(each.strip()))
        if runs and not (sure or (opening.speaker is not None and ends_sentence(runs[-1][1][-1]))):
            runs[-1][1].append(each)
        else:
            runs.append((number, [each], opening))
    turns = []
    for number, run, first in runs:
        # A name may be on two lines: a long one with credentials.
        opening = first if first.speaker or first.another else open_text(tidy_lines(run, line=number), names)
        rest = [first.rest, *run[1:]] if opening is first else [opening.rest]
        turns.append(Turn(number, opening.speaker, tidy_lines(rest, line=number), opening.another))
    return turns


def open_text(text: str, names: Collection[str] = NO_NAMES) -> Opening:
    """Return the speaker that a text begins with and the rest of it.

    names: those in scripts without capitals that are speakers in this transcript.
    """
    text = text.strip()
    if match := _ANOTHER.match(text):
        inner = open_text(text[match.end() :], names)
        return Opening(inner.speaker, inner.rest, another=inner.speaker is None)
    if match := _BRACKETED.match(text):
        return _bracketed(text, match, names)
    name, rest = split_speaker(text, names)
    return Opening(name, rest)


def _bracketed(text: str, match: re.Match[str], names: Collection[str]) -> Opening:
    inner = next(group for group in match.groups()[:4] if group is not None).strip()
    rest = text[match.end() :].lstrip()
    if _MADE_UP.fullmatch(inner):
        unknown = inner.endswith("?")
        return Opening(None if unknown else inner, rest, another=unknown)
    if match[5] and (_is_name(inner) or inner in names):
        return Opening(inner, rest)
    return Opening(None, text)


def split_speaker(text: str, names: Collection[str] = NO_NAMES) -> tuple[str | None, str]:
    """Return the name that a text begins with and the rest; None and the text where it begins with no name.

    names: those in scripts without capitals that are speakers in this transcript.
    """
    text = text.strip()
    name, rest = _before_colon(text)
    if name and (_is_name(name) or name in names):
        return name, rest
    return None, text


def _before_colon(text: str) -> tuple[str, str]:
    """Return what stands before the colon that ends a name, and what follows; "" where there is none.

    In a script without capitals a letter may follow ":" at once.
    """
    match = _COLON.search(text, 0, _LENGTH + 1)
    if match is None or match.start() == 0:
        return "", ""
    name, rest = text[: match.start()].strip(_AROUND), text[match.end() :]
    while rest[:1] and rest[0] in _AROUND and rest[0] not in " \t":
        rest = rest[1:]
    follows = rest[:1]
    if match[0] == ":" and follows.strip() and not (has_spaceless(name[-1:]) and not follows.isdigit()):
        return "", ""
    return name, rest.lstrip()


def uncased_names(openings: Iterable[str]) -> frozenset[str]:
    """Return the speakers among what captions or paragraphs begin with, in scripts without capitals.

    There the shape of a word tells no name. Something before a colon is one where it is there more than once, or
    where half of all the texts begin so.
    """
    found: Counter[str] = Counter()
    total = 0
    for text in openings:
        total += 1
        match = _BRACKETED.match(text.strip())
        inner = next((group for group in match.groups()[:4] if group is not None), "") if match and match[5] else ""
        name = inner.strip() or _before_colon(text.strip())[0]
        if name and _may_be_uncased_name(name):
            found[name] += 1
    if found.total() * 2 >= total:
        return frozenset(found)
    return frozenset(name for name, count in found.items() if count > 1)


def stand_alone(texts: Sequence[Sequence[str]]) -> frozenset[str]:
    """Return the names on lines of their own, without a colon, above what somebody says, where half of all have one.

    One of them must be there twice, or else they are titles. In captions all in capitals every line has the shape of
    a name; there is none then.
    """
    named = [
        lines[0]
        for lines in texts
        if len(lines) > 1
        and may_stand_alone(lines[0])
        and not (lines[0].isupper() and lines[1].isupper())
        and not may_be_name(lines[1])
    ]
    found = frozenset(named)
    return found if len(found) < len(named) and len(named) * 2 >= len(texts) else frozenset()


def may_stand_alone(text: str) -> bool:
    """Return whether a text is a name by its shape, and no sentence of a word."""
    return may_be_name(text) and not text.endswith(".")


def may_be_name(text: str) -> bool:
    """Return whether a text is a name by its shape, in a script with capitals or without."""
    return _is_name(text) or _may_be_uncased_name(text)


def is_label(text: str) -> bool:
    """Return whether the first word is one that opens labels and not names. A letter alone is a name ("Q:", "A:")."""
    words = text.split()
    return bool(words) and len(text) > 1 and words[0].casefold() in _LABELS


def is_made_up(name: str) -> bool:
    """Return whether a name is one that a tool made up for a voice."""
    return _MADE_UP.fullmatch(name) is not None


def ends_sentence(text: str) -> bool:
    """Return whether a text ends where a sentence does."""
    return bool(_SENTENCE_END.search(text[-8:]) or _WITHOUT_ENDS.search(text[-2:]))


@functools.lru_cache(maxsize=1024)
def _is_name(text: str) -> bool:
    name, *credentials = (part.strip() for part in text.split(","))
    words = name.split()
    if not words or words[0] in _PARTICLES or is_label(name):
        return False
    if len(words) == 2 and _MADE_UP.fullmatch(name):
        return True
    first, *others = (word for word in words if word not in _PARTICLES)
    return (
        len(others) < _WORDS
        and _is_capitalised(first)
        and all(_is_capitalised(word) or word.isdigit() for word in others)
        and all(_CREDENTIAL.fullmatch(credential) for credential in credentials)
    )


def _is_capitalised(word: str) -> bool:
    return word[0].isupper() and _WORD.fullmatch(word) is not None


def _may_be_uncased_name(text: str) -> bool:
    words = text.split()
    if not words or len(words) > _WORDS or is_label(text) or len(text) > _LENGTH:
        return False
    if has_spaceless(text) and (len(text) > _SPACELESS_LENGTH or text.endswith(_SAYING)):
        return False
    return _is_uncased(text[0]) and all(map(_is_uncased_word, words))


def _is_uncased_word(word: str) -> bool:
    return all(
        character.isalnum() or character in _INSIDE_WORDS or unicodedata.category(character)[0] == "M"
        for character in word
    )


def _is_uncased(character: str) -> bool:
    """Return whether a letter is of a script without capitals; those of Georgian are for headlines alone."""
    return unicodedata.category(character) == "Lo" or "\u10d0" <= character <= "\u10ff"
