"""Web pages of a show: values into HTML, by templates that a producer can replace one by one."""

from pipeline.site.qr import qr_svg
from pipeline.site.render import render_embed, render_episode, render_list, render_missing
from pipeline.site.sitemap import SITEMAP_TYPE, render_sitemap, render_sitemap_index
from pipeline.site.structured import oembed_json
from pipeline.site.theme import Theme, load_theme
from pipeline.site.types import (
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
)

__all__ = [
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
    "Shot",
    "Site",
    "TextFile",
    "Theme",
    "load_theme",
    "oembed_json",
    "qr_svg",
    "render_embed",
    "render_episode",
    "render_list",
    "render_missing",
    "render_sitemap",
    "render_sitemap_index",
]
