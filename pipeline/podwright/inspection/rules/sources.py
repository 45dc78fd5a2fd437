"""The specifications that rules cite."""

from __future__ import annotations

from urllib.parse import unquote

from podwright.inspection.rules.types import Source

_APPLE_RSS = "https://podcasters.apple.com/support/823-podcast-requirements"
APPLE_SHOW = Source("Apple Podcasts RSS feed requirements, show tags", _APPLE_RSS)
APPLE_EPISODE = Source("Apple Podcasts RSS feed requirements, episode tags", _APPLE_RSS)
APPLE_TEXT = Source("Apple Podcasts RSS feed requirements, technical requirements", _APPLE_RSS)
APPLE_CATEGORIES = Source(
    "Apple Podcasts categories", "https://podcasters.apple.com/support/1691-apple-podcasts-categories"
)
APPLE_ARTWORK = Source(
    "Apple Podcasts artwork requirements", "https://podcasters.apple.com/support/896-artwork-requirements"
)
APPLE_AUDIO = Source("Apple Podcasts audio requirements", "https://podcasters.apple.com/support/893-audio-requirements")
APPLE_CHAPTERS = Source(
    "Chapters on Apple Podcasts", "https://podcasters.apple.com/support/5482-using-chapters-on-apple-podcasts"
)
APPLE_TRANSCRIPTS = Source(
    "Transcripts on Apple Podcasts", "https://podcasters.apple.com/support/5316-transcripts-on-apple-podcasts"
)
XING_HEADER = Source(
    "MPEG Audio Frame Header, VBR headers",
    "https://www.codeproject.com/Articles/8295/MPEG-Audio-Frame-Header#VBRHeaders",
)
FFMPEG_CHAPTERS = Source(
    "TagLib issue 1053, chapters that FFmpeg drops", "https://github.com/taglib/taglib/issues/1053"
)
ID3_FRAMES = Source("ID3 2.4, frames", "https://id3.org/id3v2.4.0-frames")
EXIF = Source("Exif 2.32, section 4.6", "https://www.cipa.jp/std/documents/e/DC-X008-Translation-2019-E.pdf")
SPOTIFY_SPEC = Source(
    "Spotify podcast specification", "https://support.spotify.com/us/creators/article/podcast-specification-doc/"
)

_ACCME = "https://www.accme.org/requirements/accreditation-requirements-cme-providers/policies-and-definitions"
ACCME_ENDURING = Source("ACCME, enduring materials", f"{_ACCME}/enduring-materials-definition-and-requirements")
ACCME_SUPPORT = Source("ACCME, commercial support acknowledgments", f"{_ACCME}/commercial-support-acknowledgments")
ACCME_DISCLOSE = Source(
    "ACCME, Standard 3 for integrity and independence",
    "https://accme.org/rule/identify-mitigate-and-disclose-relevant-financial-relationships/",
)
_AMA = "https://www.ama-assn.org/system/files/pra-booklet.pdf"
AMA_CORE = Source("AMA PRA booklet, core requirements", _AMA)
AMA_ENDURING = Source("AMA PRA booklet, enduring materials", _AMA)

_PSP = "https://github.com/Podcast-Standards-Project/PSP-1-Podcast-RSS-Specification"
PSP_NAMESPACES = Source("PSP-1, required namespace declarations", f"{_PSP}#required-rss-namespace-declarations")
PSP_CHANNEL = Source("PSP-1, channel elements", f"{_PSP}#rss-feed-elements")
PSP_CHANNEL_RECOMMENDED = Source("PSP-1, recommended channel elements", f"{_PSP}#rss-feed-elements")
PSP_COPYRIGHT = Source("PSP-1, copyright", f"{_PSP}#channel-copyright")
PSP_ITEM = Source("PSP-1, item elements", f"{_PSP}#rss-feed-elements")
PSP_ITEM_RECOMMENDED = Source("PSP-1, recommended item elements", f"{_PSP}#rss-feed-elements")

_RSS = "https://www.rssboard.org/rss-specification"
RSS_ROOT = Source("RSS 2.0, what is RSS", f"{_RSS}#whatIsRss")
RSS_CHANNEL = Source("RSS 2.0, required channel elements", f"{_RSS}#requiredChannelElements")
RSS_OPTIONAL = Source("RSS 2.0, optional channel elements", f"{_RSS}#optionalChannelElements")
RSS_IMAGE = Source("RSS 2.0, image", f"{_RSS}#ltimagegtSubelementOfLtchannelgt")
RSS_ITEM = Source("RSS 2.0, elements of item", f"{_RSS}#hrelementsOfLtitemgt")
RSS_ENCLOSURE = Source("RSS 2.0, enclosure", f"{_RSS}#ltenclosuregtSubelementOfLtitemgt")
RSS_GUID = Source("RSS 2.0, guid", f"{_RSS}#ltguidgtSubelementOfLtitemgt")
RSS_PUBDATE = Source("RSS 2.0, pubDate", f"{_RSS}#ltpubdategtSubelementOfLtitemgt")
RSS_PROFILE_ENCODED = Source("RSS profile, content:encoded", "https://www.rssboard.org/rss-profile#namespace-elements")

RFC_2822 = Source("RFC 2822, section 3.3", "https://www.rfc-editor.org/rfc/rfc2822#section-3.3")
RFC_3986 = Source("RFC 3986, section 2", "https://www.rfc-editor.org/rfc/rfc3986#section-2")
RFC_3986_USER = Source("RFC 3986, section 3.2.1", "https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1")
RFC_5005 = Source("RFC 5005, section 4", "https://www.rfc-editor.org/rfc/rfc5005#section-4")
RFC_5646 = Source("RFC 5646, section 2.1", "https://www.rfc-editor.org/rfc/rfc5646#section-2.1")
RFC_5322_ADDRESS = Source("RFC 5322, section 3.4.1", "https://www.rfc-editor.org/rfc/rfc5322#section-3.4.1")
XML_CDATA = Source("XML 1.0, section 2.7", "https://www.w3.org/TR/xml/#sec-cdata-sect")
XML_CHARACTERS = Source("XML 1.0, section 2.2", "https://www.w3.org/TR/xml/#charsets")
XML_ENCODING = Source("XML 1.0, section 4.3.3", "https://www.w3.org/TR/xml/#charencoding")

UNICODE_NFC = Source("Unicode Annex 15, normalization forms", "https://www.unicode.org/reports/tr15/")
UNICODE_BIDI = Source("Unicode Annex 9, directional formatting", "https://www.unicode.org/reports/tr9/")
UNICODE_INVISIBLE = Source("Unicode in XML, unsuitable characters", "https://www.w3.org/TR/unicode-xml/#Suitable")
W3C_CHARSETS = Source("W3C, character encodings", "https://www.w3.org/International/questions/qa-what-is-encoding")
HTML_SYNTAX = Source("HTML, elements", "https://html.spec.whatwg.org/multipage/syntax.html#elements-2")
WCAG_TEXT = Source("WCAG 2.2, 1.1.1 non-text content", "https://www.w3.org/TR/WCAG22/#non-text-content")
WCAG_AUDIO = Source("WCAG 2.2, 1.2.1 audio-only", "https://www.w3.org/TR/WCAG22/#audio-only-and-video-only-prerecorded")
WCAG_LANGUAGE = Source("WCAG 2.2, 3.1.2 language of parts", "https://www.w3.org/TR/WCAG22/#language-of-parts")
WCAG_LINKS = Source("WCAG 2.2, 2.4.4 link purpose", "https://www.w3.org/TR/WCAG22/#link-purpose-in-context")
WCAG_SPEAKERS = Source("WCAG 2.2, 1.2.2 captions", "https://www.w3.org/TR/WCAG22/#captions-prerecorded")
WEBSUB = Source("WebSub, section 4", "https://www.w3.org/TR/websub/#discovery")
SRI = Source("Subresource Integrity, section 3.1", "https://www.w3.org/TR/SRI/#integrity-metadata-description")

_TAGS = "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/tags"
PODCAST_TAGS = Source(
    "podcast namespace, tags", "https://github.com/Podcastindex-org/podcast-namespace/tree/main/docs/tags"
)
PODCAST_NAMESPACE = Source(
    "podcast namespace, declaration", "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"
)


def podcast_tag(page: str) -> Source:
    """Return a page of the podcast namespace's documents, by its name without ending, as addresses spell it."""
    return Source(f"podcast namespace, {unquote(page)}", f"{_TAGS}/{page}.md")
