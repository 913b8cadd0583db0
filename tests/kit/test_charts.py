"""The pictures hold for any text and any number of records: well formed, inside their frame, no label on another."""

from collections.abc import Callable
from itertools import combinations
from math import nan
from xml.etree import ElementTree

import pytest
from django.utils.safestring import SafeString
from hypothesis import given, settings
from hypothesis import strategies as st

from cxplan.kit import charts
from cxplan.kit.charts import ornaments
from cxplan.kit.charts.sheet import Box, curve, fit, measure, wrap

SVG = "{http://www.w3.org/2000/svg}"
LONG = "Reklamaatioiden vastaanottaminen ja korvauspäätöksestä viestiminen asiakkaalle"
WORD = "Lentokonesuihkuturbiinimoottoriapumekaanikkoaliupseerioppilas"
NAMES = ["Sähkökatko ja katkoviesti", LONG, "Lasku", WORD, "Muuttopäivä: valot syttyvät"]
SIZES = [1, 2, 3, 18, 60]

Picture = Callable[[int, list[str]], SafeString | None]


def name(names: list[str], i: int) -> str:
    return names[i % len(names)] if names else ""


def a_journey(count: int, names: list[str]) -> SafeString | None:
    stops = [
        charts.Stop(
            name(names, i), None if i % 11 == 10 else 1 + (i * 7 % 17) / 4, i % 4 == 1, i % 5 + 1 if i < 5 else 0
        )
        for i in range(count)
    ]
    quarter, rest = divmod(count, 4)
    stages = [(name(names, i), quarter + (i < rest)) for i in range(4)]
    data = charts.Journey(
        name(names, 0), stages, stops, name(names, 1), name(names, 2), ("tunne", "hetki", name(names, 3))
    )
    return charts.journey(data)


def pairs(count: int, names: list[str]) -> charts.Dumbbells:
    groups = [
        charts.Group(
            name(names, i),
            [charts.Span(name(names, i + j), 1 + (i + j) % 5, 5 - i % 5 if i % 7 else None) for j in range(i % 3 + 1)],
            i % 6,
        )
        for i in range(count)
    ]
    return charts.Dumbbells(name(names, 0), groups, (name(names, 1), name(names, 2)), name(names, 3), ",")


def some_dumbbells(count: int, names: list[str]) -> SafeString | None:
    return charts.dumbbells(pairs(count, names))


def dumbbells_on_a_phone(count: int, names: list[str]) -> SafeString | None:
    return charts.narrow_dumbbells(pairs(count, names))


def a_matrix(count: int, names: list[str]) -> SafeString | None:
    spots = [
        charts.Spot(name(names, i), 1 + (i * 3 % 17) / 4, 1 + (i * 5 % 13) / 3.2, i + 1 if i < 5 else 0)
        for i in range(count)
    ]
    return charts.sweet_spots(charts.Matrix(name(names, 0), spots, name(names, 1), name(names, 2), name(names, 3)))


def a_series(count: int, names: list[str]) -> SafeString | None:
    waves = [
        charts.Wave(
            name(names, i), i * 1.7, None if i % 9 == 4 else i - 3.0, None if i % 9 == 4 else i + 9.0, i % 3 > 0
        )
        for i in range(count)
    ]
    return charts.series(charts.Series(name(names, 0), waves, 25, name(names, 1), (0, 100), ",", name(names, 2)))


def a_timeline(count: int, names: list[str]) -> SafeString | None:
    states = ["done", "in_progress", "planned"]
    months = max(count, 3)
    bars = [charts.Bar(name(names, i), i * 0.9, i + 1.5, states[i % 3], name(names, i + 1)) for i in range(count)]
    dues = [charts.Due(f"T{i + 1}", i % 9 * 0.3, states[i % 3]) for i in range(count)]
    data = charts.Timeline(
        name(names, 0),
        [name(names, i) for i in range(months)],
        [(name(names, 2), months)],
        bars,
        [(name(names, 3), dues), (name(names, 4), [])],
        name(names, 1),
        1.4,
        name(names, 2),
    )
    return charts.timeline(data)


def a_trace(count: int, names: list[str]) -> SafeString | None:
    tones = ["brand", "gap", "never", "ink"]
    columns = [
        (name(names, c), [charts.Node(f"{c}.{i}", f"T{i}", name(names, i), tones[c], name(names, c) if i % 4 else "")
                          for i in range(count)])
        for c in range(4)
    ]  # fmt: skip
    links = (
        [(f"{c}.{i}", f"{c + 1}.{(i * 3) % count}", "brand") for c in range(3) for i in range(count)] if count else []
    )
    return charts.trace(charts.Trace(name(names, 0), columns, [*links, ("0.0", "nowhere", "gap")]), tallest=9000)


def an_effort(count: int, names: list[str]) -> SafeString | None:
    states = ["done", "in_progress", "planned", "late"]
    chips = [charts.Chip(f"T{i + 1}", 5 - i // 20 % 5, i % 2 + 1, states[i % 4]) for i in range(count)]
    return charts.effort(charts.Effort(name(names, 0), chips, name(names, 1), name(names, 2), name(names, 3)))


PICTURES: list[Picture] = [
    a_journey, some_dumbbells, dumbbells_on_a_phone, a_matrix, a_series, a_timeline, a_trace, an_effort,
]  # fmt: skip


def text_boxes(svg: str) -> list[tuple[str, Box]]:
    """Where every level text stands, from its anchor and its measured width."""
    found = []
    for text in ElementTree.fromstring(svg).iter(f"{SVG}text"):  # noqa: S314 our own output
        if "transform" in text.attrib:
            continue
        size, x, y = float(text.attrib["font-size"]), float(text.attrib["x"]), float(text.attrib["y"])
        strong = "b" in text.attrib["class"].split()
        wide = measure(text.text or "", size, strong=strong)
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[text.attrib.get("text-anchor", "start")]
        found.append((text.text or "", (left, y - size * 0.72, left + wide, y + size * 0.05)))
    return found


def frame(svg: str) -> tuple[float, float]:
    _, _, width, height = ElementTree.fromstring(svg).attrib["viewBox"].split()  # noqa: S314 our own output
    return float(width), float(height)


def assert_inside(svg: str) -> None:
    width, height = frame(svg)
    for text, (left, top, right, bottom) in text_boxes(svg):
        assert left >= -1, text
        assert right <= width + 1, text
        assert top >= -1, text
        assert bottom <= height + 1, text


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("names", [NAMES, [LONG], [WORD], ["Aa"]], ids=["mixed", "long", "word", "short"])
def test_no_label_meets_another_or_the_edge(picture: Picture, count: int, names: list[str]) -> None:
    svg = picture(count, names)
    assert svg is not None
    assert_inside(svg)
    for (one, a), (other, b) in combinations(text_boxes(svg), 2):
        across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
        assert not (across > 0.7 and down > 0.7), (one, other, a, b)


@pytest.mark.parametrize("picture", PICTURES)
@given(names=st.lists(st.text(max_size=80), max_size=6), count=st.integers(0, 25))
@settings(max_examples=40, deadline=None)
def test_any_text_makes_a_well_formed_picture(picture: Picture, names: list[str], count: int) -> None:
    svg = picture(count, names)
    if svg is None:
        assert count == 0
        return
    root = ElementTree.fromstring(svg)  # noqa: S314 our own output
    assert "nan" not in " ".join(value for item in root.iter() for value in item.attrib.values()).lower().split()
    assert {item.tag.removeprefix(SVG) for item in root.iter()} <= {
        "svg", "title", "desc", "line", "rect", "path", "circle", "text", "clipPath",
    }  # fmt: skip
    assert_inside(svg)


@pytest.mark.parametrize("picture", PICTURES)
def test_nothing_to_show_is_no_picture(picture: Picture) -> None:
    assert picture(0, NAMES) is None


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_says_what_it_shows_and_escapes_it(picture: Picture) -> None:
    svg = picture(3, ['<script>"x"</script> & co'])
    assert isinstance(svg, SafeString)
    assert "<script" not in svg
    root = ElementTree.fromstring(svg)  # noqa: S314 our own output
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == '<script>"x"</script> & co'
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == title.attrib["id"]


def test_a_description_is_read_after_the_title() -> None:
    svg = charts.series(charts.Series("t", [charts.Wave("a", 1)], None, "", (0, 1), desc="More words."), "m1")
    assert svg is not None
    assert 'aria-labelledby="m1-title m1-desc"' in svg
    assert '<desc id="m1-desc">More words.</desc>' in svg


def test_the_same_data_gives_the_same_picture() -> None:
    assert a_journey(18, NAMES) == a_journey(18, NAMES)


def test_the_nodes_of_a_trace_are_links_where_they_have_pages() -> None:
    """A group of named links in the order of the chain; on paper an image without any."""
    there, bare = (
        charts.Node("g1", "G1", "Dark", "gap", "no metric", "/g1/?a=1&b=2"),
        charts.Node("pi1", "P1", "Never", "never"),
    )
    walkable = charts.trace(charts.Trace("t", [("Gap", [there]), ("Pillar", [bare])], [("g1", "pi1", "ink")]))
    tree = ElementTree.fromstring(str(walkable))  # noqa: S314 our own output
    assert tree.attrib["role"] == "group"
    assert [link.attrib for link in tree.iter(f"{SVG}a")] == [
        {"href": "/g1/?a=1&b=2", "aria-label": "G1 Dark no metric"}
    ]
    paper = ElementTree.fromstring(str(charts.trace(charts.Trace("t", [("Pillar", [bare])], []))))  # noqa: S314 our own
    assert paper.attrib["role"] == "img"
    assert not list(paper.iter(f"{SVG}a"))


def test_a_trace_too_long_for_its_page_is_left_to_the_table() -> None:
    columns = [("Gaps", [charts.Node(str(i), "△", "a", "gap") for i in range(400)])]
    assert charts.trace(charts.Trace("t", columns, [])) is None


def test_long_pictures_are_split_without_losing_a_row() -> None:
    groups = [charts.Group(str(i), [charts.Span("a", 1, 2)]) for i in range(60)]
    pages = list(charts.split_dumbbells(charts.Dumbbells("t", groups, ("a", "b")), 600))
    assert [group for page in pages for group in page.groups] == groups
    assert all(frame(charts.dumbbells(page) or "")[1] <= 620 for page in pages)
    bars = [charts.Bar(str(i), 0, 1, "done") for i in range(45)]
    data = charts.Timeline("t", ["a"], [("b", 1)], bars, [("l", [charts.Due("T1", 0.5, "done")])], "h", 0, "now")
    parts = list(charts.split_timeline(data, 20))
    assert [len(part.bars) for part in parts] == [20, 20, 5]
    assert [bool(part.lanes) for part in parts] == [False, False, True]


def test_text_is_cut_to_its_room() -> None:
    assert fit("Lasku", 7, 100) == "Lasku"
    assert fit(LONG, 7, 60).endswith("…")
    assert measure(fit(LONG, 7, 60), 7) <= 60
    assert fit(LONG, 7, 1) == ""
    assert all(measure(line, 7) <= 60 for line in wrap(f"{LONG} {WORD}", 7, 60, 9))
    assert wrap("", 7, 60) == [""]


def test_a_long_word_breaks_between_syllables() -> None:
    assert wrap("asiakaskokemusjohtaja", 7, 46, 3) == ["asiakaskoke-", "musjohtaja"]


def test_numbers_are_written_for_people() -> None:
    assert charts.decimal(-1.25, 1, ",", sign=True) == "−1,2"
    assert charts.decimal(0.04, 1, sign=True) == "+0.0"
    assert charts.decimal(-0.04, 1) == "0.0"
    assert charts.decimal(nan, 1) == "–"


def test_the_line_never_overshoots_its_points() -> None:
    assert curve([(0, 5), (10, 5), (20, 1)]).startswith("M0 5C3.3 5 6.7 5 10 5")
    assert curve([(3, 4)]) == "M3 4"


VALUES = [3.1, 2.7, 2.6, 3.0, 4.2, 2.8, 3.1, 2.1, 3.3]


@pytest.mark.parametrize("values", [[], [3.0], [3.0, 3.0], VALUES, VALUES * 20], ids=len)
def test_ornaments_are_drawn_for_any_journey(values: list[float]) -> None:
    drawn = [
        ornaments.cover(values, {1, 4}),
        ornaments.poster(values, {1}),
        *(ornaments.opener(values, i) for i in range(1, 5)),
    ]
    for svg in drawn:
        ElementTree.fromstring(svg)  # noqa: S314 our own output
        assert "nan" not in svg
        assert "<text" not in svg


def test_the_small_ornaments_are_well_formed() -> None:
    for svg in (
        ornaments.logo(),
        ornaments.crops((85, 54), (2, 5), (20, 13.5)),
        *(ornaments.way(i) for i in range(13)),
    ):
        ElementTree.fromstring(svg)  # noqa: S314 our own output
