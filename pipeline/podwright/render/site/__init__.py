"""Web pages of a show: values into HTML, by templates that a producer can replace one by one."""

from podwright.render.site.qr import qr_svg
from podwright.render.site.render import (
    render_embed,
    render_episode,
    render_list,
    render_missing,
    render_search,
    render_tombstone,
)
from podwright.render.site.search import RECORDS, Shelf, count_words, render_records, render_shelf, shelves
from podwright.render.site.sitemap import SITEMAP_TYPE, render_sitemap, render_sitemap_index
from podwright.render.site.structured import oembed_json
from podwright.render.site.text import day_of, day_text, length_text
from podwright.render.site.theme import Theme, load_theme, theme_texts
from podwright.render.site.types import (
    Audio,
    Card,
    Cited,
    Claim,
    EpisodePage,
    FeedLink,
    Line,
    ListPage,
    Mark,
    Pager,
    Passage,
    Picture,
    Row,
    Shot,
    Site,
    TextFile,
    Tombstone,
)

__all__ = [
    "RECORDS",
    "SITEMAP_TYPE",
    "Audio",
    "Card",
    "Cited",
    "Claim",
    "EpisodePage",
    "FeedLink",
    "Line",
    "ListPage",
    "Mark",
    "Pager",
    "Passage",
    "Picture",
    "Row",
    "Shelf",
    "Shot",
    "Site",
    "TextFile",
    "Theme",
    "Tombstone",
    "count_words",
    "day_of",
    "day_text",
    "length_text",
    "load_theme",
    "oembed_json",
    "qr_svg",
    "render_embed",
    "render_episode",
    "render_list",
    "render_missing",
    "render_records",
    "render_search",
    "render_shelf",
    "render_sitemap",
    "render_sitemap_index",
    "render_tombstone",
    "shelves",
    "theme_texts",
]
