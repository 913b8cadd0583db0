"""Each component renders, ties its ids together, and refuses what it does not know."""

import re
from typing import Any

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError

from cxplan.kit.gallery import SampleForm


def rendered(source: str, **context: Any) -> str:
    return Template(source).render(Context(context))


EXAMPLES = {
    '{% icon "check" %}': '<svg class="icon" aria-hidden="true"><use href="/static/icons.svg#check"/></svg>',
    '{% icon "lock" label="private" %}': 'role="img" aria-label="private"',
    '{% mark "gap" %}': '<svg class="mark m-gap" aria-hidden="true"><use href="/static/icons.svg#m-gap"/></svg>',
    '{% marked "never" %}': "we never</span>",
    '{% marked "touch" "First bill" tag=True %}': '<span class="marked tag m-touch">',
    '{% status "check_again" %}': '<span class="status is-check">Check again</span>',
    '{% status "met" label="Reached" id="m1" %}': 'id="m1"',
    '{% saved "saved" at="14.02" %}': "<time>14.02</time>",
    '{% progress 9 12 label="9 of 12" %}': '<progress id="progress" max="12" value="9">',
    '{% severity 4 label="Severity" %}': 'aria-label="Severity: 4/5"',
    "{% severity None %}": "not scored",
    '{% face "Aino Kettula" %}': ">AK<",
    '{% who "Aino Kettula" role="CX lead" %}': "CX lead",
    '{% button "Save" kind="primary" %}': '<button class="button is-primary" type="submit"><span>Save</span></button>',
    '{% button "Open" href="/x/" icon="next" %}': '<a class="button" href="/x/">',
    '{% button "Edit" icon="pen" alone=True hx_get="/e/" %}': 'hx-get="/e/"',
    '{% menu "More" %}<a href="#">One</a>{% endmenu %}': '<div class="menu"><a href="#">One</a></div>',
    '{% dialog "Sure?" %}<p>Body</p>{% enddialog %}': 'aria-labelledby="dialog-title"',
    '{% toast "Deleted" undo="/undo/" %}': 'action="/undo/"',
    '{% toast "Broken" bad=True %}': "toast is-bad",
    '{% card "Title" href="/c/" %}<p>Body</p>{% endcard %}': '<h3><a href="/c/">Title</a></h3>',
    '{% note colour="blue" author="Ville" %}<p>Hi</p>{% endnote %}': '<article class="note n-blue">',
    '{% pillar "never" "We never wait." %}{% endpillar %}': '<article class="pillar m-never">',
    '{% quote "Nobody knew." by="Reijo" %}': '<span class="marker">Nobody knew.</span>',
    '{% empty "Begin" example="So" by="A spa:" %}x{% endempty %}': '<span class="by">A spa:</span>So',
    '{% table "Figures" %}<tbody></tbody>{% endtable %}': "<caption>Figures</caption>",
    "{% crumbs places %}": '<a href="/b/" aria-current="page">B</a>',
    '{% stephead 6 "Find the gaps" group="Now" %}tools{% endstephead %}': "<h1>Find the gaps</h1>",
    "{% why %}<p>Because.</p>{% endwhy %}": '<details class="why" open>',
    "{% checks items %}": '<li class="is-open">',
    "{% feed items %}": "<time>Noora · 12.3.</time>",
    '{% pdf "running" done=3 parts=5 poll="/p/" %}': 'hx-get="/p/"',
    '{% pdf "done" url="/d/" size=2202009 %}': 'href="/d/" download',
    '{% pdf "failed" error="No Pango." %}': "No Pango.",
    "{% chain links %}": '<span class="chain-n">8</span>',
    "{% trace links %}": '<a href="/g/">',
    "{% conflict changes who=sari %}": "<del>mine</del>",
}
CONTEXT: dict[str, Any] = {
    "sari": "Sari",
    "places": [("A", "/a/"), ("B", "/b/")],
    "items": [{"text": "All linked", "done": False, "who": "Noora", "when": "12.3."}],
    "links": [{"mark": "gap", "count": 8, "name": "gaps", "text": "Gap 1", "url": "/g/"}],
    "changes": [("Text", "mine", "yours")],
}


@pytest.mark.parametrize("source", EXAMPLES)
def test_component_renders(source: str) -> None:
    html = re.sub(r">\s+<", "><", rendered(source, **CONTEXT))
    assert EXAMPLES[source] in html


@pytest.mark.parametrize("source", EXAMPLES)
def test_component_refuses_an_unknown_attribute(source: str) -> None:
    misspelt = re.sub(r"(\{% \w+[^%]*?) %\}", r'\1 colur="red" %}', source, count=1)
    with pytest.raises(TemplateSyntaxError, match="colur"):
        rendered(misspelt, **CONTEXT)


@pytest.mark.parametrize(
    "source",
    [
        '{% icon "nope" %}',
        '{% mark "check" %}',
        '{% marked "nope" %}',
        '{% status "finished" %}',
        '{% saved "perhaps" %}',
        '{% button "Save" kind="loud" %}',
        '{% button "Save" type="link" %}',
        '{% button "Save" onclick="x()" %}',
        '{% button "Save" hx_on_click="x()" %}',
        '{% note colour="red" %}{% endnote %}',
        '{% pillar "sometimes" "…" %}{% endpillar %}',
        '{% pdf "lost" %}',
    ],
)
def test_component_refuses_an_unknown_value(source: str) -> None:
    with pytest.raises(TemplateSyntaxError, match="is not one of"):
        rendered(source)


def test_text_is_escaped() -> None:
    evil = "<script>alert(1)</script>"
    sources = ["{% button evil %}", "{% card evil %}{% endcard %}", "{% quote evil by=evil %}", "{% toast evil %}"]
    sources += [
        "{% conflict changes %}",
        '{% mark "gap" label=evil %}',
        "{% who evil %}",
        '{% status "met" label=evil %}',
    ]
    for source in sources:
        html = rendered(source, evil=evil, changes=[(evil, evil, "b")])
        assert "<script" not in html, source
        assert "&lt;script&gt;" in html, source


class TestField:
    def html(self, name: str, /, **data: Any) -> str:
        return rendered("{% field form_field %}", form_field=SampleForm(data)[name] if data else SampleForm()[name])

    def test_hint_and_error_describe_the_control(self) -> None:
        html = self.html("target", target="abc")
        assert 'for="id_target"' in html
        assert 'aria-describedby="id_target_helptext id_target_error"' in html
        assert 'aria-invalid="true"' in html
        assert 'id="id_target_helptext"' in html
        assert 'id="id_target_error"' in html

    def test_without_hint_and_error_nothing_is_described(self) -> None:
        assert "aria-describedby" not in self.html("name")

    def test_a_hint_of_the_template_counts_as_well(self) -> None:
        html = rendered('{% field f hint="As the customer says it." small=True %}', f=SampleForm()["name"])
        assert 'aria-describedby="id_name_helptext"' in html
        assert 'class="input input-s"' in html

    def test_choices_stand_in_a_fieldset(self) -> None:
        html = self.html("kind", name="x")
        assert "<legend" in html
        assert 'aria-describedby="id_kind_error"' in html
        assert html.count('type="radio"') == 2
        assert "cx-picker" not in html

    def test_many_choices_can_be_searched(self) -> None:
        assert '<cx-picker class="picker" data-label="Search: Touchpoints"' in self.html("touchpoints")

    def test_a_checkbox_stands_before_its_label(self) -> None:
        html = self.html("public")
        assert html.index('type="checkbox"') < html.index("Show it on the management page")

    def test_no_placeholder_stands_for_a_label(self) -> None:
        class Form(forms.Form):
            name = forms.CharField(widget=forms.TextInput(attrs={"placeholder": "Name", "class": "wide"}))

        html = rendered("{% field form.name %}", form=Form())
        assert "placeholder" not in html
        assert 'class="wide input"' in html


class TestErrorSummary:
    def test_lists_every_error_with_its_field(self) -> None:
        form = SampleForm({"name": "x", "target": "abc", "kind": ""})
        html = rendered("{% error_summary form %}", form=form)
        assert "6 things need mending" in html
        assert '<a href="#id_target">Target: Enter a number.</a>' in html
        assert '<a href="#id_kind_0">' in html

    def test_says_nothing_without_errors(self) -> None:
        assert not rendered("{% error_summary form other %}", form=SampleForm(), other=None).strip()

    def test_formsets_and_whole_forms_count_too(self) -> None:
        class Form(forms.Form):
            year = forms.IntegerField()
            secret = forms.IntegerField(widget=forms.HiddenInput)

            def clean(self) -> None:
                raise forms.ValidationError("Years must differ.")

        sheet = forms.formset_factory(Form, max_num=1, validate_max=True)
        data = {"f-TOTAL_FORMS": "2", "f-INITIAL_FORMS": "0", "f-0-year": "1", "f-1-year": "1"}
        html = rendered("{% error_summary sheet %}", sheet=sheet(data, prefix="f"))
        assert "Please submit at most 1 form." in html
        assert "Years must differ." in html
        assert "Secret: This field is required." in html


def test_a_hole_breaks_the_chain_before_it() -> None:
    links = [
        {"mark": "action", "count": 15, "name": "actions"},
        {"mark": "metric", "count": 6, "name": "metrics", "hole": "2 gaps have none"},
    ]
    html = rendered("{% chain links %}", links=links)
    assert html.index('class="is-broken"') < html.index("actions") < html.index("2 gaps have none")
    assert html.count("is-broken") == 1


def test_soft_hyphens_only_in_long_words() -> None:
    assert rendered("{{ word|shy }}", word="Asiakaskokemus") == "Asiakaskokemus"
    assert rendered("{{ word|shy }}", word="<b>Asiakaskokemuskysely").startswith("&lt;b&gt;Asia\u00adkas\u00adko")
