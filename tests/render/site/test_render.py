"""Pages as a browser and a machine read them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import unquote, urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from podwright.core.errors import WorkspaceError
from podwright.core.model import Contact, Credit, Person, Season
from podwright.render.site import (
    Card,
    Cited,
    Claim,
    ListPage,
    Pager,
    Site,
    Theme,
    load_theme,
    oembed_json,
    render_embed,
    render_episode,
    render_page,
    render_tombstone,
)
from podwright.render.site.machine_readable import episode_data
from podwright.render.site.render import relative_link
from podwright.render.site.theme import LARGEST_FILE
from tests.support.pages import BARE, HOSTILE, SITE, full_page, tombstone

THEME = load_theme(None)
_KEYS = st.lists(st.text("abc:é%? ", min_size=1, max_size=4), min_size=1, max_size=4).map("/".join)


def read(data: bytes) -> html.HtmlElement:
    return html.document_fromstring(data.decode())


def missing(site: Site = SITE, theme: Theme = THEME) -> bytes:
    return render_page("missing", "404.html", site, {}, theme=theme, anywhere=True)


def headings(page: html.HtmlElement) -> list[str]:
    return [one.text_content() for one in page.iter("h1", "h2", "h3")]


@given(_KEYS, _KEYS)
def test_a_relative_link_leads_to_its_key_from_wherever_it_stands(key: str, start: str) -> None:
    base = "https://example.org/show/"
    here = urljoin(base, "/".join(["x"] * start.count("/") + ["page.html"]))
    plain = "/".join(["x"] * start.count("/") + ["page.html"])
    assert unquote(urljoin(here, relative_link(key, plain))) == base + key


def test_an_episode_without_anything_has_no_empty_heading() -> None:
    page = read(render_episode(BARE, SITE, theme=THEME))
    assert headings(page) == ["Soil", "Subscribe"]
    assert not [one for one in page.iter("ul", "ol", "section") if not one.text_content().strip()]


def test_everything_that_an_episode_has_is_on_its_page() -> None:
    page = read(render_episode(full_page(), SITE, theme=THEME))
    assert headings(page) == [
        "plain",
        "Key points",
        "About this episode",
        "Chapters",
        "Full text",
        "plain",
        "References",
        "plain",
        "In the series “plain”",
        "Learning objectives",
        "Education credit",
        "How to take part",
        "Disclosures",
        "Commercial support",
        "Contact",
        "Links",
        "Subscribe",
    ]
    notices = [one.text_content() for one in page.find_class("notice")]
    assert notices == [
        "The content of this episode is no longer current: it expired on 1 January 2027.",
        "The education credit of this episode can no longer be claimed: it ended on 1 February 2026.",
    ]


def test_a_medical_page_says_what_it_has_to_in_the_order_of_such_pages() -> None:
    episode = full_page().episode
    page = replace(
        full_page(),
        expired=False,
        tier="Silver extended",
        season=Season(slug="spring", title="Beds and borders", number=1),
        people=((Person(name="Mara Lind", credentials="MD", role="author", position="Research Editor"),),),
        episode=replace(
            episode,
            outline=replace(episode.outline, title="Runner beans", section="Legumes", display="02"),
            objectives=("Sow beans.", "Water beans."),
            objectives_lead="After listening you will be able to:",
            disclosures=("Dr. Lind:\n\n- fees\n  - of the Bean Trust",),
            contact=Contact(text="Questions? [Write to us](mailto:office@example.org)."),
        ),
        references=(
            Cited(
                citation="Lind M, et al. Garden J.",
                title="Beans in beds",
                authors=("Lind M", "Berg J"),
                titled=True,
                links=(),
                abstract=(("Aim", "To count beans."),),
            ),
        ),
        credits=(Claim(credit=Credit(kind="Bean CPD", expires=date(2029, 3, 1)), ended=False),),
    )
    (article,) = read(render_episode(page, SITE, theme=THEME)).iter("article")
    text = " ".join(article.text_content().split())
    order = (
        "Runner beans",
        "Beds and borders, Episode 02 · Legumes · Access: Silver extended",
        "Published 2 March 2026 · Current until 1 January 2027",
        "Mara Lind, MD author, Research Editor",
        "Key points",
        "Download MP3",
        "Full text",
        "Beans in beds",
        "Lind M, Berg J",
        "Aim: To count beans.",
        "Lind M, et al. Garden J.",
        "In the series “Beds and borders”",
        "After listening you will be able to:",
        "Sow beans.",
        "Bean CPD, expires 1 March 2029",
        "of the Bean Trust",
        "Write to us",
    )
    at = [text.index(part) for part in order]
    assert at == sorted(at)
    assert [one.tag for one in article.xpath("//section[@aria-labelledby='objectives']/*")] == ["h2", "p", "ol"]
    assert article.xpath("//section[@aria-labelledby='disclosures']//ul//ul/li/text()") == ["of the Bean Trust"]
    assert article.xpath("//section[@aria-labelledby='contact']//a/@href") == ["mailto:office@example.org"]


def test_a_list_marks_what_is_no_longer_current() -> None:
    outline = full_page().episode.outline
    card = Card(
        key="episodes/soil/index.html",
        title="Soil",
        number=3,
        published=outline.published,
        duration=timedelta(minutes=9),
        section=None,
        tier="free",
        summary="",
        expired=True,
        display="Ch. 3",
    )
    listed = ListPage(
        key="index.html", title="All", cards=(card, replace(card, expired=False)), pager=Pager(newest="x")
    )
    page = read(render_page("archive", listed.key, SITE, {"page": listed}, theme=THEME))
    marks = [" ".join(one.text_content().split()) for one in page.find_class("meta")]
    assert marks == [
        "Ch. 3 · 2 March 2026 · 9 mins · No longer current",
        "Ch. 3 · 2 March 2026 · 9 mins",
    ]


def test_a_position_is_the_title_of_a_job_and_no_organisation() -> None:
    page = full_page()
    mara = Person(name="Mara Lind", role="author", position="Research Editor, Bean Trust")
    data = episode_data(replace(page, people=((mara,),)), SITE)
    assert data["author"] == [{"@type": "Person", "name": "Mara Lind", "jobTitle": "Research Editor, Bean Trust"}]


def robots(page: html.HtmlElement) -> list[str]:
    return [str(one) for one in page.xpath("//meta[@name='robots']/@content")]


def test_an_unlisted_episode_says_so_and_is_in_no_search_engine() -> None:
    page = read(render_episode(replace(BARE, unlisted=True), SITE, theme=THEME))
    (notice,) = page.find_class("notice")
    assert notice.text_content().startswith("This episode is no longer in the feeds and lists.")
    assert robots(page) == ["noindex"]
    assert robots(read(render_episode(BARE, SITE, theme=THEME))) == []


def test_a_tombstone_says_what_was_here_why_it_went_whom_to_ask_and_where_to_go_on() -> None:
    page = read(render_tombstone(tombstone(), SITE, theme=THEME))
    assert headings(page) == ["plain", "Contact"]
    text = " ".join(page.text_content().split())
    assert "Published 2 March 2026" in text
    assert "This episode was withdrawn on 1 March 2029: it can no longer be listened to or read here." in text
    assert "plain Contact plain, a@example.org" in text
    assert robots(page) == ["noindex"]
    links = [urljoin(f"{SITE.public_url}episodes/soil/index.html", link) for link in page.xpath("//article//a/@href")]
    assert [link.removeprefix(SITE.public_url) for link in links] == [
        "https://example.org/contact",
        "mailto:a@example.org",
        "seasons/spring/index.html",
        "archive/index.html",
        "episodes/seeds/index.html",
        "episodes/trees/index.html",
    ]
    assert page.xpath("//audio | //script") == []


def test_a_tombstone_without_anything_has_no_empty_heading() -> None:
    bare = replace(tombstone(), number=None, reason=None, contact=None, series=None, previous=None, next=None)
    page = read(render_tombstone(bare, SITE, theme=THEME))
    assert headings(page) == ["plain"]
    assert not [one for one in page.iter("ul", "ol", "section") if not one.text_content().strip()]


def test_days_are_those_of_the_show_and_sizes_are_written_in_its_language() -> None:
    said = read(render_episode(replace(BARE, episode=replace(BARE.episode, language="de")), SITE, theme=THEME))
    assert said.get("lang") == "de"
    text = said.text_content()
    assert "2. März 2026" in text
    assert "1,2 MB" in text
    assert "MP3 herunterladen" in text


def test_a_show_in_hebrew_runs_from_right_to_left() -> None:
    page = read(missing(replace(SITE, language="he-IL")))
    assert (page.get("lang"), page.get("dir")) == ("he-IL", "rtl")


@pytest.mark.parametrize("kind", ["page", "embed", "tombstone", "show", "archive", "section", "season"])
def test_hostile_text_stays_text(kind: str) -> None:
    page, site = full_page(HOSTILE), replace(SITE, title=HOSTILE, description=HOSTILE, author=HOSTILE)
    if kind == "page":
        data = render_episode(page, site, theme=THEME)
    elif kind == "embed":
        data = render_embed(page, site, theme=THEME)
    elif kind == "tombstone":
        data = render_tombstone(tombstone(HOSTILE), site, theme=THEME)
    else:
        outline = page.episode.outline
        card = Card(
            key=page.key,
            title=HOSTILE,
            number=1,
            published=outline.published,
            duration=page.audio.duration,
            section=HOSTILE,
            tier=HOSTILE,
            summary=HOSTILE,
            expired=True,
            display=HOSTILE,
        )
        listed = ListPage(
            key="index.html",
            title=HOSTILE,
            cards=(card,),
            pager=Pager(newest="index.html"),
            season=page.season,
        )
        data = render_page(kind, listed.key, site, {"page": listed, "data": {}}, theme=THEME)
    found = read(data)
    assert [
        one for one in found.iter("script") if one.get("src") is None and one.get("type") != "application/ld+json"
    ] == []
    assert [one for one in found.iter("img") if one.get("onerror")] == []
    assert HOSTILE in found.text_content()


def test_json_ld_says_what_the_page_says() -> None:
    page = read(render_episode(full_page(HOSTILE), SITE, theme=THEME))
    (script,) = page.xpath("//script[@type='application/ld+json']")
    said = json.loads(script.text)
    assert said["@type"] == "PodcastEpisode"
    assert said["name"] == HOSTILE
    assert said["associatedMedia"]["contentUrl"] == "https://cdn.example.org/show/episodes/soil/soil.mp3"
    assert said["associatedMedia"]["duration"] == "PT3723S"
    assert HOSTILE in said["associatedMedia"]["transcript"]


#: Properties of schema.org that a PodcastEpisode has, of Thing, CreativeWork and Episode (https://schema.org/PodcastEpisode).
PROPERTIES = {
    *("url", "identifier", "name", "description", "image"),
    *(
        "alternativeHeadline",
        "associatedMedia",
        "author",
        "citation",
        "contributor",
        "datePublished",
        "expires",
        "genre",
    ),
    *("inLanguage", "isAccessibleForFree", "isFamilyFriendly", "keywords", "teaches", "timeRequired"),
    *("episodeNumber", "partOfSeason", "partOfSeries"),
}


def test_json_ld_has_no_property_that_an_episode_does_not_have() -> None:
    page = read(render_episode(full_page(), SITE, theme=THEME))
    (script,) = page.xpath("//script[@type='application/ld+json']")
    said = json.loads(script.text)
    assert {name for name in said if name[0] != "@"} <= PROPERTIES
    assert said["genre"] == full_page().episode.outline.section


def test_who_embeds_an_episode_is_told_one_size_by_its_page_and_by_oembed() -> None:
    page = full_page()
    said = json.loads(oembed_json(page, SITE))
    text = render_episode(page, SITE, theme=THEME).decode()
    for name in ("width", "height"):
        assert f'<meta name="twitter:player:{name}" content="{said[name]}">' in text
        assert f'{name}="{said[name]}"' in said["html"]


def test_a_page_names_its_locale_to_who_shows_a_preview_of_it() -> None:
    page = read(render_episode(full_page(), SITE, theme=THEME))
    assert page.xpath("//meta[@property='og:locale']/@content") == ["en_GB"]


@pytest.mark.parametrize("kind", ["page", "embed", "tombstone", "missing"])
def test_no_page_has_script_or_style_of_its_own(kind: str) -> None:
    render = {
        "page": lambda: render_episode(full_page(), SITE, theme=THEME),
        "embed": lambda: render_embed(full_page(), SITE, theme=THEME),
        "tombstone": lambda: render_tombstone(tombstone(), SITE, theme=THEME),
        "missing": missing,
    }
    page = read(render[kind]())
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert page.xpath("//style | //@style | //@onclick") == []


def test_the_page_for_a_missing_page_links_from_the_root_of_its_host() -> None:
    page = read(missing())
    links = page.xpath("//main//a/@href | //link[@rel='stylesheet']/@href")
    assert links
    assert all(link.startswith("/show/") for link in links)


def test_a_theme_replaces_templates_words_and_files_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "site.css").write_text("body { color: green }")
    (tmp_path / "words.toml").write_text('key_points = "Remember"\n')
    (tmp_path / "missing.html").write_text(
        '{% extends "default/missing.html" %}{% block content %}<p>{{ super() }}Mine</p>{% endblock %}'
    )
    theme = load_theme(tmp_path)
    assert theme.digest != THEME.digest
    assert b"Mine" in missing(theme=theme)
    page = read(render_episode(full_page(), SITE, theme=theme))
    assert "Remember" in headings(page)
    assert page.xpath("//link[@rel='stylesheet']/@href") == [f"../../{theme.assets['site.css'].key}"]
    assert theme.assets["site.css"].data == b"body { color: green }"


@pytest.mark.parametrize(
    ("template", "line", "said"),
    [
        ("<p>\n{% if %}", 2, "Expected an expression"),
        ("<p>\n\n{{ page.nothing.more }}", 3, "nothing"),
        ("<p>{{ 1 / 0 }}", 1, "division by zero"),
        ('{% include "episode.html" %}', 1, "recursion"),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", 1, "unsafe"),
        ("{{ page.episode.__init__.__globals__ }}", 1, "unsafe"),
        ("{{ subscribe_links.__globals__ }}", 1, "unsafe"),
        ("{{ '{0.__class__}'.format(page) }}", 1, "unsafe"),
        ("{{ page|attr('__class__') }}", 1, "unsafe"),
        ("{{ [page]|map(attribute='__class__')|join }}", 1, "unsafe"),
        ("{% include '.hidden.html' %}", 1, ".hidden.html"),
        ("{% include '../podwright.toml' %}", 1, "../podwright.toml"),
        ("{{ page.episode.audio.parent }}", 1, "unsafe"),
        ("{{ page.episode.audio.read_text() }}", 1, "unsafe"),
        ("{% for n in range(10 ** 9) %}{% endfor %}", 1, "Range too big"),
        ("<p>\n{{ 'x' * 10 ** 10 }}", 2, "takes more than 256 MB"),
        ("{{ 'x'|center(10 ** 10) }}", 1, "takes more than 256 MB"),
        ("{{ '%9999999999d'|format(1) }}", 1, "takes more than 256 MB"),
        (
            "{% set s = namespace(x='x' * 99) %}{% for n in range(99) %}{% set s.x = s.x ~ s.x %}{% endfor %}",
            1,
            "takes more than 256 MB",
        ),
        ("{{ [1] * 10 ** 10 }}", 1, "takes more than 256 MB"),
        ("{{ '{:>9999999999}'.format(1) }}", 1, "takes more than 256 MB"),
        ("{{ ('x' * 10 ** 6)|join('x' * 10 ** 4) }}", 1, "takes more than 256 MB"),
        ("{{ [1]|batch(10 ** 9, 'x')|list }}", 1, "takes more than 256 MB"),
        pytest.param(f"{{% for n in 'y' * 300 %}}{'x' * 10**6}{{% endfor %}}", None, "more than 256 MB", id="text"),
        ("{{ 10 ** 4000 ** 2 }}", 1, "makes too large a number"),
        ("{% set s = namespace(x=9) %}{% for n in range(99) %}{% set s.x = s.x * s.x %}{% endfor %}", 1, "too large a"),
        ("{{ lipsum(n=10 ** 9) }}", 1, "'lipsum' is undefined"),
    ],
)
def test_a_fault_in_a_theme_is_told_with_its_line(tmp_path: Path, template: str, line: int | None, said: str) -> None:
    (tmp_path / "episode.html").write_text(template)
    (tmp_path / ".hidden.html").write_text("hidden")
    page = replace(BARE, episode=replace(BARE.episode, audio=tmp_path))
    with pytest.raises(WorkspaceError) as caught:
        render_episode(page, SITE, theme=load_theme(tmp_path))
    (problem,) = caught.value.problems
    assert (problem.where, problem.line) == ("theme/episode.html", line)
    assert said in problem.message
    assert "correct the template" in problem.message


@pytest.mark.parametrize(
    "template",
    [
        "{% for a in range(10 ** 5) %}{% for b in range(10 ** 5) %}{% endfor %}{% endfor %}",
        "{% for a in range(10 ** 5) %}{% for b in range(10 ** 5) %}x{% endfor %}{% endfor %}",
        "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(99) }}",
        "{% for a in [1] recursive %}{{ loop([1, 1]) if loop.depth < 90 }}{% endfor %}",
        "{% for a in [1]|slice(10 ** 9) %}{% endfor %}",
        "{% for a in range(10 ** 5) %}{% set b = range(10 ** 5)|sum %}{% endfor %}",
    ],
)
def test_a_template_without_end_is_ended(tmp_path: Path, template: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("podwright.render.site.sandbox.LONGEST_RENDER", 0.1)
    (tmp_path / "episode.html").write_text(template)
    with pytest.raises(WorkspaceError, match=r"theme/episode.html:1: takes more than 0\.1 seconds; correct"):
        render_episode(BARE, SITE, theme=load_theme(tmp_path))


@pytest.mark.parametrize(
    ("email", "link"),
    [
        ("a.b+tag@example.org", "mailto:a.b+tag@example.org"),
        ("a?cc=b&c@example.org", "mailto:a%3Fcc%3Db%26c@example.org"),
        ("büro@example.org", "mailto:b%C3%BCro@example.org"),
    ],
)
def test_whom_to_write_to_is_a_link_that_mail_programs_read(email: str, link: str) -> None:
    page = replace(full_page(), episode=replace(full_page().episode, contact=Contact(email=email)))
    (written,) = read(render_episode(page, SITE, theme=THEME)).xpath("//section[@aria-labelledby='contact']//a")
    assert (written.get("href"), written.text) == (link, email)


def test_a_blank_is_filled_by_its_name_and_by_nothing_that_python_would_read_into_it(tmp_path: Path) -> None:
    (tmp_path / "episode.html").write_text("{{ '{x.__init__.__globals__} {x!r} {x}'|fill(x=3) }}")
    shown = render_episode(BARE, SITE, theme=load_theme(tmp_path))
    assert shown == b"{x.__init__.__globals__} {x!r} 3"


def test_a_template_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    (tmp_path / "episode.html").write_bytes(b"\xff")
    with pytest.raises(WorkspaceError, match=r"^theme/episode\.html:1: is not UTF-8; correct the template"):
        render_episode(BARE, SITE, theme=load_theme(tmp_path))


def test_a_fault_in_a_part_of_a_theme_is_told_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "top.html").write_text("\n{{ nothing }}")
    (tmp_path / "episode.html").write_text("{% include 'parts/top.html' %}")
    before = load_theme(tmp_path)
    with pytest.raises(WorkspaceError, match=r"^theme/parts/top\.html:2: "):
        render_episode(BARE, SITE, theme=before)
    (tmp_path / "parts" / "top.html").write_text("corrected")
    assert load_theme(tmp_path).digest != before.digest


@pytest.mark.parametrize("name", ["assets/site.css", "episode.html"])
def test_a_file_of_a_theme_that_is_too_large_is_not_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "assets").mkdir()
    with (tmp_path / name).open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(WorkspaceError, match=rf"^theme/{name}: has more than 32 MB; make it smaller"):
        load_theme(tmp_path)


def test_what_is_hidden_in_a_theme_is_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / ".site.css").symlink_to("/etc/passwd")
    (tmp_path / "assets" / "site.css~").write_text("old")
    (tmp_path / ".episode.html").symlink_to("/dev/zero")
    assert load_theme(tmp_path).assets.keys() == THEME.assets.keys()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("assets/run.exe", "", "is no file that pages load"),
        ("words.toml", "listne = 'x'", "'listne' is not a name"),
        ("words.toml", "listen = 3", "listen is not a text"),
        ("words.toml", "listen =", "cannot be read"),
        ("words.toml", "listen = " + "[" * 100_000, "cannot be read"),
        ("words.toml", "episode = 'Folge {nummer}'", "has blanks that nothing fills"),
        ("words.toml", "episode = 'Folge {number.__class__}'", "has blanks that nothing fills"),
        ("words.toml", "episode = 'Folge {number:>999999999}'", "has blanks that nothing fills"),
        ("words.toml", "listen = 'Listen {'", "has blanks that nothing fills"),
        ("words.toml", f"{'a.' * 30_000}a = 1", "cannot be read"),
        ("words.toml", f"listen = '{'a' * 100_000}'", "cannot be read"),
        ("assets/folder.css/a", "", "is no file that pages load"),
    ],
)
def test_what_a_theme_cannot_hold_is_refused(tmp_path: Path, name: str, content: str, said: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    with pytest.raises(WorkspaceError) as caught:
        load_theme(tmp_path)
    assert said in str(caught.value)
