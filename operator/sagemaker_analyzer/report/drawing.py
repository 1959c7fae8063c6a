"""A chart as a picture in the page: Vega-Lite to SVG, by vl-convert, which runs Vega without a browser and without the network.

What a mark stands for becomes its title, which browsers show under the pointer without any script.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator

import vl_convert
from markupsafe import Markup

from sagemaker_analyzer.report.parts import Spec

_LONGEST_REASON = 200
_SVG = "http://www.w3.org/2000/svg"
_KEPT = {"d", "fill", "stroke", "opacity", "transform", "stroke-width", "stroke-dasharray", "x2", "y2", "x1", "y1"}
_KEPT |= {"font-size", "font-weight", "text-anchor", "stroke-miterlimit", "viewBox"}


class Undrawable(Exception):
    """Vega refuses a chart; its numbers are in the table all the same."""


def drawn(spec: Spec, *, label: str) -> Markup:
    """The SVG element. Raises Undrawable."""
    try:
        text = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
        # It is our own renderer's output: well-formed, and without a document type that could have entities.
        root = ET.fromstring(text)  # noqa: S314
    except (ValueError, ET.ParseError) as error:
        raise Undrawable(" ".join(str(error).split())[:_LONGEST_REASON]) from error
    picture = _cleaned(root)
    picture.set("role", "img")
    picture.set("aria-label", label)
    picture.set("width", root.get("width", ""))
    picture.set("height", root.get("height", ""))
    return Markup(ET.tostring(picture, encoding="unicode"))  # noqa: S704 serialized, and so escaped, just here


def _cleaned(element: ET.Element) -> ET.Element:
    """The element without what only scripts would need; an unknown attribute is not let through."""
    kept = ET.Element(
        element.tag.removeprefix(f"{{{_SVG}}}"), {name: value for name, value in element.items() if name in _KEPT}
    )
    kept.text = element.text
    said = element.get("aria-label")
    if said and element.get("aria-roledescription") not in {"axis", "legend"}:
        ET.SubElement(kept, "title").text = said
    kept.extend(_cleaned(child) for child in _visible(element))
    return kept


def _visible(element: ET.Element) -> Iterator[ET.Element]:
    for child in element:
        name = child.tag.removeprefix(f"{{{_SVG}}}")
        empty = name == "path" and child.get("d", "") in {"", "M0,0h0v0h0Z"}
        unseen = child.get("display") == "none" or (name == "text" and child.get("opacity") == "0")
        # An element without children is false, so it is not asked whether there is any.
        hollow = name == "g" and next(_visible(child), None) is None
        if not (empty or unseen or hollow):
            yield child
