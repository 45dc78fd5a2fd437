"""Atom feeds, as podcasts have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.core.errors import FormatError
from podwright.workspace.importing.readers import READERS
from podwright.workspace.importing.readers.atom import READER
from podwright.workspace.importing.types import FoundEpisode, FoundShow, Remote

FEED = """\
<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
      xmlns:psc="http://podlove.org/simple-chapters">
  <id>tag:example.org,2020:show</id>
  <title>Garten &amp; Haus</title>
  <subtitle>Über Gärten.</subtitle>
  <link rel="self" href="https://example.org/feed.atom"/>
  <link href="https://example.org/"/>
  <link rel="next" href="https://example.org/feed.atom?page=2"/>
  <author><name>Ada Beet</name><email>ada@example.org</email></author>
  <logo>https://example.org/logo.png</logo>
  <rights>Ada Beet</rights>
  <updated>2020-06-02T08:00:00Z</updated>
  <itunes:category text="Leisure"/>
  <entry>
    <id>tag:example.org,2020:2</id>
    <title type="html">Bohnen &amp;amp; Erbsen</title>
    <link href="https://example.org/2"/>
    <link rel="enclosure" href="https://example.org/2.mp3" length="123" type="audio/mpeg"/>
    <published>2020-06-01T08:00:00+02:00</published>
    <updated>2020-06-02T08:00:00Z</updated>
    <summary>Kurz.</summary>
    <content type="xhtml">
      <div xmlns="http://www.w3.org/1999/xhtml"><p>Von <b>Bohnen</b>.</p><p>Mehr.</p></div>
    </content>
    <category term="beans" label="Bohnen"/>
    <psc:chapters version="1.2"><psc:chapter start="00:00:00" title="Anfang"/></psc:chapters>
    <itunes:episode>2</itunes:episode>
  </entry>
  <entry>
    <id>tag:example.org,2020:1</id>
    <title>Erde</title>
    <link rel="enclosure" href="https://example.org/1.m4a" type="audio/mp4"/>
    <updated>2020-05-02T08:00:00Z</updated>
    <content type="html">&lt;p&gt;Von Erde.&lt;/p&gt;</content>
  </entry>
</feed>
"""


def read(tmp_path: Path, text: str = FEED) -> tuple[FoundShow, list[FoundEpisode]]:
    path = tmp_path / "feed.atom"
    path.write_text(text)
    READER.check(path)
    found = list(READER.read(path))
    (show,) = [one for one in found if isinstance(one, FoundShow)]
    return show, [one for one in found if isinstance(one, FoundEpisode)]


def test_a_feed_is_known_by_its_root(tmp_path: Path) -> None:
    assert [one.name for one in READERS if one.recognises(FEED.encode())] == ["an Atom feed"]
    path = tmp_path / "page.xml"
    path.write_text("<rss/>")
    with pytest.raises(FormatError, match="is rss and no Atom feed"):
        READER.check(path)


def test_a_show_is_read(tmp_path: Path) -> None:
    show, _ = read(tmp_path)
    assert show.show["title"] == "Garten & Haus"
    assert show.show["description"] == "Über Gärten."
    assert show.show["author"] == "Ada Beet"
    assert show.show["copyright"] == "Ada Beet"
    assert show.show["language"] == "de"
    assert show.show["link"] == "https://example.org/"
    assert show.show["categories"] == ["Leisure"]
    assert show.artwork == "https://example.org/logo.png"
    assert (show.address, show.older) == ("https://example.org/feed.atom", "https://example.org/feed.atom?page=2")


def test_entries_are_episodes(tmp_path: Path) -> None:
    _, (second, first) = read(tmp_path)
    assert second.fields["guid"] == "tag:example.org,2020:2"
    assert second.fields["title"] == "Bohnen &amp; Erbsen"
    assert second.fields["published"] == "2020-06-01T08:00:00+02:00"
    assert second.fields["link"] == "https://example.org/2"
    assert second.fields["number"] == 2
    assert second.fields["section"] == "Bohnen"
    assert [chapter["title"] for chapter in second.fields["chapters"]] == ["Anfang"]
    assert second.notes == "<p>Von <b>Bohnen</b>.</p><p>Mehr.</p>"
    assert second.audio == Remote(url="https://example.org/2.mp3", length=123, media_type="audio/mpeg")
    assert first.fields["published"] == "2020-05-02T08:00:00+00:00"
    assert first.notes == "<p>Von Erde.</p>"
    assert first.audio == Remote(url="https://example.org/1.m4a", media_type="audio/mp4")
    assert second.line == 15
