"""The page of how time and memory grow is what is drawn of the numbers that were measured."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from benchmarks import growth


def test_the_page_is_what_is_drawn() -> None:
    for path, text in growth.files().items():
        assert path.read_text(encoding="utf-8") == text, f"python benchmarks/growth.py writes {path.name}"


def test_pictures_are_xml_with_every_kind() -> None:
    pictures = [text for path, text in growth.files().items() if path.suffix == ".svg"]
    assert len(pictures) == 2
    for text in pictures:
        root = ET.fromstring(text)
        assert len([e for e in root if e.tag.endswith("polyline")]) == len(growth.SAID)
