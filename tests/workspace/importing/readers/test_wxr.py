"""Exports of WordPress with the posts of its podcast plug-ins."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.workspace.importing.readers import READERS
from podwright.workspace.importing.readers.wxr import READER, paragraphs
from podwright.workspace.importing.types import FoundEpisode, FoundShow, Remote

HEAD = """\
<?xml version="1.0" encoding="UTF-8" ?>
<!-- generator="WordPress/6.5" -->
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Garden Hours</title><link>https://garden.example</link><description>Talks.</description>
<language>en-US</language><wp:wxr_version>1.2</wp:wxr_version>
<wp:author><wp:author_login>ada</wp:author_login></wp:author>
"""
POWER = (
    'a:4:{s:8:"duration";s:8:"00:31:02";s:8:"subtitle";s:10:"On beetles";s:12:"itunes_image";'
    's:31:"https://garden.example/7-art.png";s:8:"explicit";s:1:"1";}'
)


def post(
    number: int, *meta: tuple[str, str], content: str = "About it.", status: str = "publish", kind: str = "post"
) -> str:
    rows = "".join(
        f"<wp:postmeta><wp:meta_key>{name}</wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
        for name, value in meta
    )
    return (
        f"<item><title>Talk {number}</title><link>https://garden.example/?p={number}</link>"
        f"<pubDate>Mon, 01 Jun 2020 08:00:0{number} +0000</pubDate><dc:creator>ada</dc:creator>"
        f'<guid isPermaLink="false">https://garden.example/?p={number}</guid><description></description>'
        f"<content:encoded><![CDATA[{content}]]></content:encoded>"
        f'<category domain="post_tag" nicename="beans"><![CDATA[Beans]]></category>'
        f"<wp:post_id>{number}</wp:post_id><wp:post_date_gmt>2020-06-01 08:00:0{number}</wp:post_date_gmt>"
        f"<wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type>{rows}</item>\n"
    )


def attachment(number: int, url: str) -> str:
    inner = f"<wp:post_id>{number}</wp:post_id><wp:attachment_url>{url}</wp:attachment_url>"
    return f"<item><title>x</title>{inner}<wp:status>inherit</wp:status><wp:post_type>attachment</wp:post_type></item>"


def read(tmp_path: Path, *posts: str) -> list[FoundEpisode]:
    path = tmp_path / "export.xml"
    path.write_text(f"{HEAD}{''.join(posts)}</channel></rss>")
    READER.check(path)
    found = list(READER.read(path))
    (show,) = [one for one in found if isinstance(one, FoundShow)]
    assert (show.show["title"], show.show["language"]) == ("Garden Hours", "en-US")
    return [one for one in found if isinstance(one, FoundEpisode)]


def test_an_export_is_known_and_is_no_plain_feed() -> None:
    assert [one.name for one in READERS if one.recognises(HEAD.encode())] == ["an export of WordPress"]


def test_posts_of_powerpress_have_what_it_says(tmp_path: Path) -> None:
    enclosure = f"https://media.blubrry.com/garden/garden.example/7.mp3\n1234\naudio/mpeg\n{POWER}"
    (found,) = read(tmp_path, post(7, ("enclosure", enclosure)))
    assert found.audio == Remote(
        url="https://media.blubrry.com/garden/garden.example/7.mp3", length=1234, media_type="audio/mpeg"
    )
    assert found.fields["guid"] == "https://garden.example/?p=7"
    assert found.fields["subtitle"] == "On beetles"
    assert found.fields["explicit"] is True
    assert found.fields["published"] == "2020-06-01T08:00:07+00:00"
    assert found.fields["tags"] == ["Beans"]
    assert found.artwork == "https://garden.example/7-art.png"
    assert found.notes == "<p>About it.</p>"


def test_posts_of_seriously_simple_podcasting_have_what_it_says(tmp_path: Path) -> None:
    meta = {
        "audio_file": "https://garden.example/3.m4a",
        "ssp_original_guid": "old host 3",
        "itunes_episode_number": "3",
        "itunes_season_number": "2",
        "itunes_episode_type": "bonus",
        "explicit": "on",
        "cover_image_id": "91",
    }
    picture = attachment(91, "https://garden.example/3.png")
    (found,) = read(tmp_path, picture, post(3, *meta.items(), kind="podcast"))
    assert found.audio == Remote(url="https://garden.example/3.m4a")
    assert found.fields["guid"] == "old host 3"
    assert (found.fields["number"], found.fields["type"]) == (3, "bonus")
    assert found.season is not None
    assert found.season.number == 2
    assert found.artwork == "https://garden.example/3.png"


@pytest.mark.parametrize(
    ("meta", "content", "audio"),
    [
        ([("_interviews:enclosure", "https://a.example/1.mp3\n\n")], "", "https://a.example/1.mp3"),
        (
            [("_podPressMedia", 'a:1:{i:0;a:2:{s:3:"URI";s:23:"https://a.example/1.mp3";s:4:"size";i:5;}}')],
            "",
            "https://a.example/1.mp3",
        ),
        ([], '[audio mp3="https://a.example/1.mp3"][/audio]\n\nWords.', "https://a.example/1.mp3"),
        ([("_podPressMedia", "O:8:broken")], '[audio src="https://a.example/2.mp3"]', "https://a.example/2.mp3"),
    ],
)
def test_a_recording_is_found_wherever_it_is_named(
    tmp_path: Path, meta: list[tuple[str, str]], content: str, audio: str
) -> None:
    (found,) = read(tmp_path, post(1, *meta, content=content))
    assert found.audio is not None
    assert found.audio.url == audio
    assert "[audio" not in found.notes


def test_posts_without_a_recording_and_those_in_the_bin_are_none(tmp_path: Path) -> None:
    audio = ("audio_file", "https://a.example/1.mp3")
    assert read(tmp_path, post(1), post(2, audio, status="trash"), post(3, audio, status="auto-draft")) == []


def test_a_draft_stays_one_and_what_podlove_kept_elsewhere_is_an_episode_without_audio(tmp_path: Path) -> None:
    draft, podlove = read(
        tmp_path,
        post(1, ("audio_file", "https://a.example/1.mp3"), status="draft"),
        post(2, ("_podlove_guid", "podlove-2020-06"), kind="podcast"),
    )
    assert draft.fields["draft"] is True
    assert podlove.audio is None
    assert podlove.fields["guid"] == "podlove-2020-06"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\nline.\n\nTwo.", "<p>One<br>line.</p>\n<p>Two.</p>"),
        ("<h2>Head</h2>\n\nText\r\n\r\n<ul><li>a</li></ul>", "<h2>Head</h2>\n<p>Text</p>\n<ul><li>a</li></ul>"),
        ("", ""),
    ],
)
def test_blank_lines_are_paragraphs(text: str, html: str) -> None:
    assert paragraphs(text) == html
