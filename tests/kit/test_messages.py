"""The texts to translate are found wherever Django would translate them."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from cxplan.kit import messages
from cxplan.kit.catalog import Message


def test_python_names_and_aliases() -> None:
    source = """
from django.utils import translation
from django.utils.translation import gettext as _, gettext_lazy, ngettext as many, npgettext, pgettext_lazy
from elsewhere import gettext

_("one"); gettext_lazy("two " "halves"); many("a gap", "%(n)s gaps", 3)
pgettext_lazy("theme", "Light"); npgettext("count", "a", "b", 2); translation.gettext("by module")
gettext("not ours"); _(variable); obj._("not ours"); translation.activate("fi"); other.gettext("no")
"""
    assert set(messages.in_python(source)) == {
        Message("one"),
        Message("two halves"),
        Message("a gap", "%(n)s gaps"),
        Message("Light", context="theme"),
        Message("a", "b", "count"),
        Message("by module"),
    }


def test_templates() -> None:
    source = """
{% load i18n %}{% translate "Why" %}{% translate 'Light' context "theme" %}{% trans "It’s 100% so" %}
{% blocktranslate trimmed with name=person.name %}
  Hello
  {{ name }}
{% endblocktranslate %}
{% blocktranslate trimmed count n=gaps|length context "count" %}A gap{% plural %}{{ n }} gaps{% endblocktranslate %}
{% button _("Save") kind="primary" title=_('Now') %}{{ _("In a variable") }}{{ value|default:_("nothing") }}
{# {% translate "in a comment" %} #}{% comment %}{% translate "neither" %}{% endcomment %}
<p>_("plain text") gettext('plain')</p>
"""
    assert set(messages.in_template(source)) == {
        Message("Why"),
        Message("Light", context="theme"),
        Message("It’s 100%% so"),
        Message("Hello %(name)s"),
        Message("A gap", "%(n)s gaps", "count"),
        Message("Save"),
        Message("Now"),
        Message("In a variable"),
        Message("nothing"),
    }


@pytest.fixture
def project(tmp_path: Path, settings: LazySettings) -> Path:
    (tmp_path / "cxplan").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "cxplan" / "a.py").write_text("from django.utils.translation import gettext as _\n_('gap {n}')\n")
    (tmp_path / "templates" / "a.html").write_text('{% translate "Why" %}')
    settings.BASE_DIR = tmp_path
    return tmp_path


def po(project: Path) -> Path:
    return project / "locale" / "fi" / "LC_MESSAGES" / "django.po"


def test_command_collects_keeps_and_drops(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("messages")
    assert "2 texts, 2 without translation" in capsys.readouterr().out
    po(project).write_text(po(project).read_text().replace('"Why"\nmsgstr ""', '"Why"\nmsgstr "Miksi"'))
    (project / "cxplan" / "a.py").unlink()
    call_command("messages")
    text = po(project).read_text()
    assert '#: templates/a.html\nmsgid "Why"\nmsgstr "Miksi"\n' in text
    assert "gap" not in text
    call_command("messages")
    assert po(project).read_text() == text
    call_command("messages", "--check")


def test_check_names_everything_and_changes_nothing(project: Path) -> None:
    call_command("messages")
    text = po(project).read_text()
    text = text.replace('msgid "Why"\nmsgstr ""', 'msgid "Why"\nmsgstr "Miksi"').replace(
        'msgid "gap {n}"\nmsgstr ""', 'msgid "gap {n}"\nmsgstr "kuilu"'
    )
    po(project).write_text(text + '\nmsgid "Old"\nmsgstr "Vanha"\n')
    (project / "templates" / "b.html").write_text('{% translate "New" %}')
    before = po(project).read_text()
    with pytest.raises(CommandError) as error:
        call_command("messages", "--check")
    told = str(error.value)
    assert "'gap {n}' lacks the placeholder {n}" in told
    assert "'New' is missing" in told
    assert "'Old' is obsolete" in told
    assert "Why" not in told
    assert po(project).read_text() == before
