"""Figures pasted onto a metric, or brought in a CSV file: all of them or none."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from cxplan.workspaces.models import Member
from roadmap.forms.figures import MOST_BYTES, MOST_ROWS, FiguresForm
from roadmap.models import Measurement, Metric
from tests.cast import Cast
from tests.make import make

WAYS = [pytest.param({}, id="plain"), pytest.param({"headers": {"HX-Request": "true"}}, id="htmx")]
SignIn = Callable[[Member], Client]

pytestmark = pytest.mark.django_db


def url(metric: Metric) -> str:
    programme = metric.programme
    return f"/w/{programme.workspace.slug}/programmes/{programme.pk}/records/metric/{metric.pk}/figures/"


def read(metric: Metric, content: str, file: Any = None) -> FiguresForm:
    return FiguresForm({"text": content}, {"file": file} if file else None, metric=metric)


def understood(metric: Metric, content: str) -> list[dict[str, Any]]:
    form = read(metric, content)
    assert form.is_valid(), [row for row in form.table if row.problem] or form.errors
    return form.rows()


def problems(metric: Metric, content: str) -> list[tuple[int, str]]:
    form = read(metric, content)
    assert not form.is_valid()
    return [(row.number, row.problem) for row in form.table if row.problem]


@pytest.mark.parametrize("way", WAYS)
def test_a_pasted_column_becomes_measurements(cast: Cast, sign_in: SignIn, way: dict[str, Any]) -> None:
    alice, metric = sign_in(cast.alice), make(Metric, cast.programme, kind="nps", name="Recommend us")
    asked = alice.get(url(metric), **way)
    assert asked.status_code == HTTPStatus.OK
    assert "period, promoters (9–10), passives (7–8), detractors (0–6)" in asked.content.decode()

    pasted = "2026-09\t61\t25\t14\r\n2026-10\t1 061\t25\t0\r\n"
    answer = alice.post(url(metric), {f"figures-{metric.pk}-text": pasted}, **way)

    assert answer.status_code == (HTTPStatus.OK if way else HTTPStatus.FOUND), answer.content.decode()
    assert [
        (each.period, each.promoters, each.passives, each.detractors, each.exchange_id)
        for each in Measurement.objects.of(cast.programme).in_order()
    ] == [("2026-09", 61, 25, 14, "me1"), ("2026-10", 1061, 25, 0, "me2")]
    page = (answer if way else alice.get(answer["Location"])).content.decode()
    assert "2 measurements were added." in page


def test_a_csv_file_with_a_heading(cast: Cast, sign_in: SignIn) -> None:
    alice, metric = sign_in(cast.alice), make(Metric, cast.programme, kind="value")
    file = SimpleUploadedFile(
        "luvut.csv", "jakso;arvo;vastauksia (n)\r\n2026-Q3;12,5;40\r\n2026-Q4;-1;\r\n".encode("cp1252")
    )
    answer = alice.post(url(metric), {f"figures-{metric.pk}-file": file})
    assert answer.status_code == HTTPStatus.FOUND, answer.content.decode()
    assert list(Measurement.objects.of(cast.programme).in_order().values_list("period", "value", "n")) == [
        ("2026-Q3", 12.5, 40),
        ("2026-Q4", -1.0, None),
    ]


@pytest.mark.parametrize(
    ("kind", "content", "rows"),
    [
        ("csat", "2026;1;2;3;4;5", [{"counts": {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}}]),
        ("csat", "period;5;4;3;2;1\n2026;1;2;3;4;0", [{"counts": {"1": 0, "2": 4, "3": 3, "4": 2, "5": 1}}]),
        ("ces", "2026 1 0 0 0 0 0 7", [{"counts": {**dict.fromkeys("23456", 0), "1": 1, "7": 7}}]),
        ("proportion", "Period,Answers (n),Successes\n2026,40,31", [{"successes": 31, "n": 40}]),
        ("proportion", "When,Yes,All\n2026,31,40", [{"successes": 31, "n": 40}]),
        ("duration", "2026\t47,5", [{"value": 47.5}]),
        ("duration", "2026,47.5,12", [{"value": 47.5, "n": 12}]),
        ("count", '2026;"1\u00a0234"', [{"value": 1234.0}]),
    ],
)
def test_the_columns_follow_from_the_metric(cast: Cast, kind: str, content: str, rows: list[dict[str, Any]]) -> None:
    metric = make(Metric, cast.programme, kind=kind)
    assert understood(metric, content) == [{"period": "2026", **row} for row in rows]


def test_a_finnish_heading_is_read_in_an_english_page_and_the_other_way_round(cast: Cast) -> None:
    metric = make(Metric, cast.programme, kind="proportion")
    with override("fi"):
        names = [str(Measurement._meta.get_field(name).verbose_name) for name in ("n", "successes")]  # type: ignore[union-attr]
    with override("en"):
        assert understood(metric, f"jakso;{';'.join(names)}\n2026;40;31") == [
            {"period": "2026", "successes": 31, "n": 40}
        ]


def test_what_is_wrong_is_told_row_by_row(cast: Cast) -> None:
    metric = make(Metric, cast.programme, kind="proportion")
    make(Measurement, cast.programme, metric=metric, period="2026-07", successes=1, n=2)
    content = (
        "2026-06;1;2\nJuly;1;2\n2026-07;1;2\n2026-06;1;2\n2026-08;x;2\n2026-09;3;2\n2026-10;3\n2026-11;1;2;3\n;1;2"
    )
    assert problems(metric, content) == [
        (2, "Write the period as 2026-10, 2026-Q4, 2026-W43 or 2026."),
        (3, "This period has a measurement already. Edit that one, or leave it out."),
        (4, "The same period is on row 1."),
        (5, "“x” is not a whole number."),
        (6, "There cannot be more successes than answers."),
        (7, "Needed on the row: period, successes, answers (n)."),
        (8, "Needed on the row: period, successes, answers (n)."),
        (9, "Write the period as 2026-10, 2026-Q4, 2026-W43 or 2026."),
    ]


@pytest.mark.parametrize("first", ["lokakuu;61;25;14", ";61;25;14"])
def test_a_first_row_with_figures_is_no_heading(cast: Cast, first: str) -> None:
    metric = make(Metric, cast.programme, kind="nps")
    assert [number for number, _ in problems(metric, f"{first}\n2026-11;1;2;3")] == [1]


@pytest.mark.parametrize("way", WAYS)
def test_a_file_that_is_wrong_comes_back_as_text_to_mend(cast: Cast, sign_in: SignIn, way: dict[str, Any]) -> None:
    metric = make(Metric, cast.programme, kind="value")
    file = SimpleUploadedFile("figures.csv", b"2026-09;12,5\n2026-10;many\n")
    refused = sign_in(cast.alice).post(url(metric), {f"figures-{metric.pk}-file": file}, **way)
    content = refused.content.decode()
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "2026-09;12,5\n2026-10;many" in content
    assert "One row needs mending, so nothing was added." in content
    assert "“many” is not a number." in content
    assert not Measurement.objects.of(cast.programme).exists()


@pytest.mark.parametrize(
    ("content", "file", "says"),
    [
        ("", None, "Paste the figures here, or choose a file below."),
        ("2026;1", b"2026;1", "Paste the figures or choose a file, not both."),
        ("period;value", None, "There are no figures here"),
        ("", b"x" * (MOST_BYTES + 1), "larger than 200 kB"),
        ("", b"PK\x03\x04", "Save the sheet as CSV"),
        (
            "\n".join(f"{year};1" for year in range(1000, 1001 + MOST_ROWS)),
            None,
            "There are 201 rows; 200 fit at once.",
        ),
        ('2026;"' + "1" * 140_000, None, "One row needs mending"),
    ],
)
def test_what_cannot_be_read_is_explained(cast: Cast, content: str, file: bytes | None, says: str) -> None:
    metric = make(Metric, cast.programme, kind="value")
    form = read(metric, content, SimpleUploadedFile("f.csv", file) if file else None)
    assert not form.is_valid()
    assert says in str(form.errors)


def test_only_members_paste_and_only_onto_metrics(cast: Cast, sign_in: SignIn) -> None:
    metric = make(Metric, cast.programme, kind="value")
    carol, alice = sign_in(cast.carol), sign_in(cast.alice)
    assert carol.post(url(metric), {"text": "2026;1"}).status_code == HTTPStatus.FORBIDDEN
    section = f"/w/alpha/programmes/{cast.programme.pk}/records/metric/"
    assert url(metric) in alice.get(section, headers={"HX-Request": "true"}).content.decode()
    assert url(metric) not in carol.get(section, headers={"HX-Request": "true"}).content.decode()
    assert alice.get(url(metric).replace("/metric/", "/gap/")).status_code == HTTPStatus.NOT_FOUND


def test_two_hundred_rows_cost_as_many_queries_as_one(cast: Cast, sign_in: SignIn) -> None:
    alice, counts = sign_in(cast.alice), []
    metric = make(Metric, cast.programme, kind="value")
    for years in (range(1000, 1001), range(1001, 1002), range(1100, 1100 + MOST_ROWS)):
        pasted = "\n".join(f"{year};1" for year in years)
        with CaptureQueriesContext(connection) as asked:
            answer = alice.post(url(metric), {f"figures-{metric.pk}-text": pasted})
        assert answer.status_code == HTTPStatus.FOUND
        counts.append(len(asked))
    assert counts[1:] == [14, 14]


@pytest.mark.parametrize("kind", ["measurement", "contingency_task"])
def test_what_leans_on_a_metric_is_offered_once_there_is_one(cast: Cast, sign_in: SignIn, kind: str) -> None:
    alice, records = sign_in(cast.alice), f"/w/alpha/programmes/{cast.programme.pk}/records/{kind}/"
    before = alice.get(records, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="metric-changed from:body"' in before
    assert f"{records}new/" not in before
    make(Metric, cast.programme, kind="value")
    after = alice.get(records, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="metric-changed from:body"' not in after
    assert f"{records}new/" in after
