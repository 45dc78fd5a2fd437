"""Every rule refuses what it must, is content with a good feed, and says what is wrong and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.inspection.rules import RULES, Audience, Document, Judged, Picture, Recording, Rule, judge, rules_for
from tests.support.rule_examples import (
    BEANS,
    DOCUMENTS,
    EDITS,
    FEED,
    GOOD,
    PICTURED,
    PICTURES,
    RECORDED,
    RECORDING,
    RECORDINGS,
    TAUGHT,
    Edit,
    document,
    edited,
    judged,
)

BY_ID = {rule.id: rule for rule in RULES}


def found(rule_id: str, what: Judged) -> list[tuple[str, str]]:
    return [(finding.where, finding.message) for finding in BY_ID[rule_id].find(what)]


def check_said(findings: Iterable[tuple[str, str]]) -> None:
    for path, message in findings:
        assert path in (FEED, BEANS, RECORDED, PICTURED, "feeds/other.toml", "podwright.toml")
        assert re.search("[^ ]; [a-z]", message), message
        assert not message.endswith(".")


def test_no_rule_has_anything_to_say_of_a_good_feed_and_recording() -> None:
    assert judge(judged(document(), recordings=(RECORDING, TAUGHT), pictures=(Picture(path=PICTURED),)), RULES) == ()


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: f"{edit.rule}-{edit.new[:24]}")
def test_a_feed_that_breaks_a_rule_is_found_by_it(edit: Edit) -> None:
    findings = found(edit.rule, judged(document(edited((edit.old, edit.new)))))
    assert findings
    check_said(findings)


@pytest.mark.parametrize(("rule_id", "documents"), DOCUMENTS, ids=lambda value: value if isinstance(value, str) else "")
def test_feeds_that_break_a_rule_together_are_found_by_it(rule_id: str, documents: tuple[Document, ...]) -> None:
    findings = found(rule_id, judged(*documents))
    assert findings
    check_said(findings)


@pytest.mark.parametrize(
    ("rule_id", "recording"), RECORDINGS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_recording_that_breaks_a_rule_is_found_by_it(rule_id: str, recording: Recording) -> None:
    findings = found(rule_id, judged(recordings=(recording,)))
    assert findings
    check_said(findings)


@pytest.mark.parametrize(("rule_id", "picture"), PICTURES)
def test_a_picture_that_breaks_a_rule_is_found_by_it(rule_id: str, picture: Picture) -> None:
    findings = found(rule_id, judged(pictures=(picture,)))
    assert findings
    check_said(findings)


def test_every_rule_has_an_example_that_it_refuses() -> None:
    shown = {one.rule for one in EDITS} | {name for name, _ in (*DOCUMENTS, *RECORDINGS, *PICTURES)}
    assert shown == BY_ID.keys()


def test_every_rule_has_a_name_of_its_own_a_source_and_a_sentence() -> None:
    assert len(BY_ID) == len(RULES)
    for rule in RULES:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.id)
        assert rule.audiences
        assert rule.source.link.startswith("https://")
        assert rule.text.endswith(".")
        assert "|" not in rule.text + rule.source.name


GENTLE = (
    ("title-number", "<title>1984 and other gardens</title>"),
    ("title-number", "<title>Seasoned beans</title>"),
    ("title-emoji", "<title>Beans – “peas” … №1 ½</title>"),
    ("text-invisible", "<title>می\u200cخواهم</title>"),
    ("text-direction", "<title>\u2067שעועית\u2069 beans</title>"),
    ("title-direction", "<title>שעועית ואפונה</title>"),
    ("text-markup", "<title>Beans &lt; peas</title>"),
    ("text-markup", "<title>I &lt;3 beans</title>"),
    ("text-escaped-twice", "<title>Q&amp;A; beans &amp; peas</title>"),
    ("text-encoding", "<title>Ação, À la carte, Ähre</title>"),
    ("title-show-name", "<title>Hours in the garden</title>"),
    ("text-composed", "<title>Böhnen</title>"),
)


@pytest.mark.parametrize(("rule_id", "title"), GENTLE)
def test_titles_that_only_look_wrong_are_let_pass(rule_id: str, title: str) -> None:
    assert found(rule_id, judged(document(edited(("<title>Beans</title>", title))))) == []


def test_a_finding_about_an_episode_names_its_file_and_one_without_a_file_says_which_item_it_is() -> None:
    number = ("<itunes:episode>2", "<itunes:episode>0"), ("<itunes:episode>1", "<itunes:episode>x")
    problems = judge(judged(document(edited(*number))), rules_for([Audience.APPLE]))
    assert [str(problem) for problem in problems] == [
        f"{BEANS}: itunes:episode '0' is not a whole number above 0; write one, or leave it out",
        f"{FEED}: item 2 'Peas': itunes:episode 'x' is not a whole number above 0; write one, or leave it out",
    ]
    assert {(problem.level, problem.code) for problem in problems} == {("error", "episode-number")}


def test_an_episode_in_several_feeds_is_told_once_and_what_all_feeds_have_is_told_of_the_show() -> None:
    data = edited(("<itunes:episode>2", "<itunes:episode>0"), ("<itunes:explicit>false", "<itunes:explicit>no"))
    other = replace(document(data), path="feeds/other.toml")
    problems = judge(judged(document(data), other), [BY_ID["episode-number"], BY_ID["explicit-value"]])
    assert [(problem.where, problem.code) for problem in problems] == [
        (BEANS, "episode-number"),
        ("podwright.toml", "explicit-value"),
    ]


@pytest.mark.parametrize("audience", Audience)
def test_an_audience_is_judged_for_by_its_own_rules(audience: Audience) -> None:
    rules = rules_for([audience])
    assert 0 < len(rules) < len(RULES)
    assert all(audience in rule.audiences for rule in rules)
    assert rules_for([]) == RULES


VALUES = re.compile(rb'(?<==")[^"]*(?=")|(?<=>)[^<>]+(?=<)')
SPOTS = [match.span() for match in VALUES.finditer(GOOD, GOOD.index(b"<channel>"))]
TEXTS = st.text(max_size=30) | st.sampled_from(["0", "-1", "https://[::1", "//", "a@", "geo:1", "&", "<p", "٣", "1e9"])


def as_xml(text: str) -> bytes:
    kept = "".join(c for c in text if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff" and c < "\ufffe"))
    return kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;").encode()


@settings(max_examples=300)
@given(spots=st.lists(st.tuples(st.sampled_from(SPOTS), TEXTS), max_size=6, unique_by=lambda spot: spot[0]))
def test_no_feed_makes_a_rule_fail(spots: list[tuple[tuple[int, int], str]]) -> None:
    data = GOOD
    for (start, end), text in sorted(spots, reverse=True):
        data = data[:start] + as_xml(text) + data[end:]
    for problem in judge(judged(document(data), document(data, private=True)), RULES):
        assert "; " in problem.message


@given(data=st.binary(max_size=200))
def test_bytes_that_are_no_feed_are_told_as_such(data: bytes) -> None:
    (first, *_) = judge(judged(document(data)), [BY_ID["feed-well-formed"]])
    assert first.where == FEED


def test_rules_are_functions_of_what_they_see() -> None:
    what = judged(document(edited(("<title>Beans</title>", "<title>Beans &amp;amp; peas</title>"))))

    def run(rule: Rule) -> list[tuple[str, str]]:
        return found(rule.id, what)

    assert [run(rule) for rule in RULES] == [run(rule) for rule in RULES]
