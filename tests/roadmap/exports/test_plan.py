"""The printed plan: whole in both languages, tagged, bookmarked, the same from the same, and silent about secrets."""

import io
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2  # type: ignore[import-untyped]
import pytest
from django.test import override_settings
from django.utils import translation

from bench import enlarge
from roadmap.domain.plan import Action, BusinessCase, Gap, Metric, PersonalPillar, Plan, Touchpoint, Weights
from roadmap.exports import assets, engine, limits
from roadmap.exports.chapters.metrics import honest
from roadmap.exports.document import document, open_book, title_size
from roadmap.exports.errors import ExportError, TooLarge, Unavailable
from roadmap.exports.options import Options, Page, Part
from roadmap.exports.pdf import fingerprint, markup, render_plan, visible
from roadmap.exports.progress import Progress
from tests.roadmap.exports.plans import AS_OF, EMPTY, OPTIONS, PANGRAM, demo

SUMMARY = replace(OPTIONS, part=Part.SUMMARY)


def text_of(data: bytes) -> str:
    pdf = pypdfium2.PdfDocument(data)
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in pdf).split())


def pages_of(data: bytes) -> int:
    return len(pypdfium2.PdfDocument(data))


@pytest.fixture(scope="module")
def finnish() -> bytes:
    return render_plan(demo("fi"), OPTIONS)


@pytest.fixture(scope="module")
def english() -> bytes:
    return render_plan(demo("en"), OPTIONS)


def structure(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every structure element of a tagged document."""
    left = [pdf.Root.StructTreeRoot.K]
    while left:
        one = left.pop()
        if isinstance(one, pikepdf.Array):
            left.extend(list(one))
        elif isinstance(one, pikepdf.Dictionary) and "/S" in one:
            yield one
            if "/K" in one:
                left.append(one.K)


def bookmarks(pdf: pikepdf.Pdf) -> list[str]:
    with pdf.open_outline() as outline:
        return [title for item in outline.root for title in [item.title, *(child.title for child in item.children)]]


# ------------------------------------------------------------------ the demo


def test_the_finnish_plan_says_what_the_programme_says(finnish: bytes) -> None:
    text = text_of(finnish)
    vision = demo("fi").vision
    assert vision is not None
    assert vision.statement in text
    assert "ä" in text
    assert "ö" in text
    for gap in demo("fi").gaps:
        assert gap.title.split()[0] in text
    assert "4.11.2026" in text


def test_the_english_plan_is_in_english(english: bytes) -> None:
    text = text_of(english)
    assert "Executive summary" in text
    assert "We never leave a customer in silence." in text
    assert "4 Nov 2026" in text


def test_every_source_and_finding_is_in_the_appendix(english: bytes) -> None:
    text = text_of(english)
    assert all(source.title in text for source in demo("en").sources)
    assert all(finding.text.split(";")[0][:40] in text for finding in demo("en").findings)


def test_bookmarks_lead_to_parts_and_steps(finnish: bytes, english: bytes) -> None:
    for data in (finnish, english):
        with pikepdf.open(io.BytesIO(data)) as pdf:
            assert len(bookmarks(pdf)) >= 20
    with pikepdf.open(io.BytesIO(english)) as pdf:
        titles = bookmarks(pdf)
    assert {"Executive summary", "What we aim for", "The gaps", "Rollout", "Traceability"} <= set(titles)


@pytest.mark.parametrize("language", ["fi", "en"])
def test_the_plan_is_tagged_for_readers(language: str, finnish: bytes, english: bytes) -> None:
    with pikepdf.open(io.BytesIO(finnish if language == "fi" else english)) as pdf:
        assert pdf.Root.Lang == language
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert "pdfuaid" in pdf.Root.Metadata.read_bytes().decode()
        kinds: dict[str, int] = {}
        silent = []
        for element in structure(pdf):
            kinds[str(element.S)] = kinds.get(str(element.S), 0) + 1
            if str(element.S) == "/Figure" and not str(element.get("/Alt", "")):
                silent.append(element)
        assert kinds["/Figure"] >= 10
        assert not silent
        assert kinds["/TH"] > 100
        assert kinds["/H1"] >= 6


def test_only_pillars_shared_with_everyone_are_printed(finnish: bytes) -> None:
    text = text_of(finnish)
    for pillar in demo("fi").personal_pillars:
        assert (pillar.statement.split(",")[0] in text) is (pillar.visibility == "programme"), pillar.id


@pytest.mark.parametrize("page", list(Page))
def test_no_page_knows_a_private_or_team_pillar(page: Page) -> None:
    secret = [PersonalPillar(id=f"x{kind}", kind="always", statement=f"Salainen lause {kind}", visibility=kind,
                             person="ville") for kind in ("private", "team")]  # fmt: skip
    plan = replace(demo("fi"), personal_pillars=(*demo("fi").personal_pillars, *secret))
    with translation.override("fi"):
        assert "Salainen" not in markup(plan, replace(OPTIONS, page=page))
    assert "Salainen" not in repr(visible(plan))


def test_numbers_are_the_golden_ones(english: bytes) -> None:
    text = text_of(english)
    for figure in ("2.96", "0.67", "15/18", "−2.3", "22.8", "80.8%", "14.8"):
        assert figure in text


# ------------------------------------------------------------------ options


def test_the_summary_alone_is_short() -> None:
    data = render_plan(demo("en"), SUMMARY)
    assert pages_of(data) == 2
    assert "Part 1" not in text_of(data)


def test_one_step_alone() -> None:
    text = text_of(render_plan(demo("en"), replace(OPTIONS, part=Part.STEP, step=6)))
    assert "In an outage the customer is left in the dark twice" in text
    assert "Executive summary" not in text
    assert "Appendix" not in text


def test_without_the_appendix_the_copy_says_so() -> None:
    with translation.override("en"):
        html = markup(demo("en"), replace(OPTIONS, appendix=False))
    assert "This copy was made without the appendix of evidence." in html
    assert 'id="appendix"' not in html


def test_mark_version_and_hash_stand_on_every_page() -> None:
    data = render_plan(demo("en"), replace(SUMMARY, mark="Draft – for Aino", version="2.1"))
    digest = fingerprint(demo("en"), replace(SUMMARY, mark="Draft – for Aino", version="2.1"))[:12]
    pdf = pypdfium2.PdfDocument(data)
    for page in pdf:
        text = page.get_textpage().get_text_range()
        assert "Draft – for Aino" in text
        assert "2.1" in text
        assert digest in text


@pytest.mark.parametrize(("page", "size"), [(Page.POSTER, (842, 1191)), (Page.POSTER_A2, (1191, 1684))])
def test_the_poster_is_one_sheet_of_its_size(page: Page, size: tuple[int, int]) -> None:
    data = render_plan(demo("fi"), replace(OPTIONS, page=page))
    pdf = pypdfium2.PdfDocument(data)
    assert len(pdf) == 1
    assert tuple(round(side) for side in pdf[0].get_size()) == size
    assert "Me emme koskaan jätä asiakasta hiljaisuuteen." in text_of(data)


def test_cards_come_ten_to_a_sheet_with_backs() -> None:
    data = render_plan(demo("fi"), replace(OPTIONS, page=Page.CARDS))
    assert pages_of(data) == 2
    assert "Minä soitan aina ovikelloa, kun työ on valmis." in text_of(data)


@pytest.mark.parametrize("page", list(Page))
def test_a_programme_with_nothing_but_a_name_is_printed(page: Page) -> None:
    data = render_plan(EMPTY, replace(OPTIONS, page=page))
    assert "Rinnalla" in text_of(data)
    assert pages_of(data) <= 5


# ------------------------------------------------------------------ the same from the same


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert render_plan(demo("en"), SUMMARY) == render_plan(demo("en"), SUMMARY)


def test_a_changed_word_changes_the_fingerprint() -> None:
    plan = demo("en")
    changed = replace(plan, programme=replace(plan.programme, purpose="Another purpose."))
    assert fingerprint(plan, OPTIONS) == fingerprint(demo("en"), OPTIONS)
    assert fingerprint(plan, OPTIONS) != fingerprint(changed, OPTIONS)
    assert fingerprint(plan, OPTIONS) != fingerprint(plan, SUMMARY)


def test_a_private_word_does_not() -> None:
    plan = demo("en")
    pillars = [replace(one, statement="x") if one.visibility != "programme" else one for one in plan.personal_pillars]
    assert fingerprint(plan, OPTIONS) == fingerprint(replace(plan, personal_pillars=tuple(pillars)), OPTIONS)


def test_progress_never_moves_back() -> None:
    heard: list[Progress] = []
    render_plan(demo("en"), SUMMARY, heard.append)
    percents = [one.percent for one in heard]
    assert percents == sorted(percents)
    assert percents[-1] == 100
    assert len(set(percents)) > 5
    assert max(one.page for one in heard) >= 2


# ------------------------------------------------------------------ what is missing


@pytest.mark.parametrize("name", [item.name for item in fields(Plan) if item.name not in {"programme", "languages"}])
@pytest.mark.parametrize("page", [Page.PLAN, Page.CARDS])
def test_any_kind_of_record_may_be_missing(name: str, page: Page) -> None:
    default = getattr(EMPTY, name)
    with translation.override("en"):
        assert demo("en").programme.name in markup(replace(demo("en"), **{name: default}), replace(OPTIONS, page=page))


def test_bare_records_are_printed_as_they_are() -> None:
    journey = replace(demo("en").journeys[0], touchpoints=(Touchpoint(id="t1", name="Bare", stage="nowhere"),))
    plan = replace(
        demo("en"),
        journeys=(journey,),
        gaps=(Gap(id="g1", title="A bare gap", touchpoints=("gone",), evidence=("gone",)),),
        actions=(Action(id="a1", bucket="acute", title="A bare action", owner="gone"),),
        metrics=(Metric(id="m1", kind="value", name="A bare metric"),),
        measurements=(),
    )
    with translation.override("en"):
        html = markup(plan, OPTIONS)
    for words in ("A bare gap", "A bare action", "A bare metric", "Not measured yet.", "not agreed"):
        assert words in html


def test_many_records_that_nothing_leans_on_break_over_pages() -> None:
    """Rows that must not part from one another may not keep a whole table from breaking."""
    source = demo("en").sources[0]
    plan = replace(EMPTY, sources=tuple(replace(source, id=f"s{i}", title=f"Source {i}") for i in range(90)))
    assert "Source 89" in text_of(render_plan(plan, replace(OPTIONS, language="en")))


def test_the_business_case_may_be_a_range() -> None:
    case = BusinessCase(text="Worth it.", low=100, high=250.5, assumptions=("Five points",))
    plan = replace(demo("en"), programme=replace(demo("en").programme, business_case=case))
    with translation.override("en"):
        html = markup(plan, SUMMARY)
    assert "100–250.5" in html
    assert "Five points" in html


def test_own_weights_are_in_the_printed_formula() -> None:
    programme = replace(demo("en").programme, weights=Weights(effectiveness=2, ease=1, emotion=1))
    plan = replace(demo("en"), programme=programme)
    with translation.override("en"):
        assert document(plan, OPTIONS).formulas[0][1].startswith("(2 · effectiveness + 1 · ease + 1 · emotion) / 4")


def test_honest_words_about_a_metric() -> None:
    with translation.override("en"):
        book = open_book(demo("en"), OPTIONS)
        nps, ces, _csat, safe, delay, _know = [honest(book, metric) for metric in book.plan.metrics]
    assert "cannot yet be told from chance" in nps
    assert "n = 228" in nps
    assert "can be told from chance" in ces
    assert "success is not yet certain" in ces
    assert "Too few answers (under 30): Jun, Jul." in safe
    assert "without an interval" in delay


def test_a_letter_with_rings_and_dots_is_extracted() -> None:
    text = text_of(render_plan(PANGRAM, OPTIONS))
    assert "Törkylempijävongahdus, ÅÄÖ, åäö – ”näin”." in text
    assert "Åke söi äyriäisiä" in text


def test_a_title_shrinks_to_its_place() -> None:
    assert title_size("Rinnalla 2031", 440, 190, 100) == 100
    assert title_size("Asiakaskokemuksen kehittämisohjelma " * 6, 440, 190, 100) < 40
    assert title_size("x" * 300, 440, 190, 100) == 16


# ------------------------------------------------------------------ what cannot be


def test_too_many_rows_are_refused_before_rendering() -> None:
    gaps = tuple(Gap(id=f"g{i}", title="x") for i in range(limits.OF_A_KIND + 1))
    with pytest.raises(TooLarge, match=r"401 records of one kind \(gaps\), and at most 400 fit\. Your work is safe\."):
        render_plan(replace(demo("en"), gaps=gaps), OPTIONS)


def test_too_many_characters_are_refused_before_rendering() -> None:
    programme = replace(demo("en").programme, purpose="x" * limits.WHOLE.characters)
    with pytest.raises(TooLarge, match="characters of text"):
        render_plan(replace(demo("en"), programme=programme), OPTIONS)


def test_a_plan_too_large_as_a_whole_is_printed_in_parts() -> None:
    """Twenty times the demo: the whole is refused with a way out, the summary and each step are not."""
    large = enlarge.demo(20, "en")
    with pytest.raises(TooLarge, match="one step at a time"):
        limits.check(large, OPTIONS)
    with pytest.raises(TooLarge, match="one step at a time"):
        limits.check(large, replace(OPTIONS, page=Page.CARDS))
    limits.check(large, replace(OPTIONS, part=Part.SUMMARY))
    limits.check(large, replace(OPTIONS, page=Page.POSTER))
    for step in range(1, 13):
        limits.check(large, replace(OPTIONS, part=Part.STEP, step=step))
    assert render_plan(large, replace(OPTIONS, part=Part.SUMMARY)).startswith(b"%PDF")


def test_too_much_of_a_kind_is_called_by_its_name() -> None:
    plan = demo("en")
    kinds = {field.name: getattr(plan, field.name) for field in fields(plan)}
    held = {name: rows[0] for name, rows in kinds.items() if isinstance(rows, tuple) and rows}
    records: dict[str, Any] = {name: record for name, record in held.items() if is_dataclass(record)}
    records["journeys"] = replace(plan.journeys[0], touchpoints=())
    assert len(records) > 20
    for name, record in records.items():
        many: dict[str, Any] = {name: (record,) * (max(limits.OF_THESE.values()) + 1)}
        with pytest.raises(TooLarge, match=r"801 records of one kind \([a-z ]+\), and at most [458]00 fit"):
            limits.check(replace(EMPTY, **many), SUMMARY)


def test_missing_fonts_say_what_to_run(tmp_path: Path) -> None:
    with override_settings(BASE_DIR=tmp_path), pytest.raises(Unavailable, match="build_assets"):
        assets.fonts()


def test_a_missing_engine_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(engine, "import_module", refuse)
    with pytest.raises(Unavailable, match="Pango"), translation.override("en"):
        engine.load()


def test_errors_of_an_export_are_one_family() -> None:
    assert issubclass(TooLarge, ExportError)
    assert issubclass(Unavailable, ExportError)
    assert Options(as_of=AS_OF).page is Page.PLAN
