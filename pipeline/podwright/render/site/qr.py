"""QR codes, for those who hold a phone before a screen."""

from __future__ import annotations

import io


def qr_svg(text: str) -> bytes:
    """A QR code as an SVG document that scales by its viewBox: dark on white, whatever the colours of the page are.

    text: at most what a symbol of version 40 holds (2953 bytes), else segno.DataOverflowError. The same text gives the
    same bytes. The quiet zone is the four modules that readers may rely on (ISO/IEC 18004), and the
    correction level the highest that needs no larger symbol. Without an XML declaration the bytes are UTF-8 (XML 1.0,
    section 4.3.3), so they can also stand inside a page.
    """
    import segno

    out = io.BytesIO()
    segno.make(text, micro=False).save(
        out,
        kind="svg",
        xmldecl=False,
        omitsize=True,
        svgclass=None,
        lineclass=None,
        nl=False,
        dark="#000",
        light="#fff",
        border=4,
    )
    return out.getvalue()
