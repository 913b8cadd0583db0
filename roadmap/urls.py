"""Addresses of programmes, grouped by the object that begins them."""

from django.urls import URLPattern, URLResolver, include, path

from .views import (
    alignment,
    approvals,
    chain,
    comments,
    exports,
    figures,
    gate,
    own_data,
    polls,
    programmes,
    records,
    sessions,
    steps,
    suggestions,
)

app_name = "roadmap"

record_urls: list[URLPattern | URLResolver] = [
    path("", records.section, name="section"),
    path("new/", records.add, name="add"),
    path("new/many/", records.add_many, name="add_many"),
    path("<int:pk>/", records.edit, name="edit"),
    path("<int:pk>/trash/", records.trash, name="trash_record"),
    path("<int:pk>/restore/", records.restore, name="restore"),
    path("<int:pk>/move/", records.move, name="move"),
    path("<int:pk>/history/", records.changes, name="history"),
    path("<int:pk>/figures/", figures.paste, name="paste_figures"),
    path("<int:pk>/comments/", comments.thread, name="comments"),
    path("<int:pk>/comments/<int:comment>/", comments.edit, name="comment"),
    path("<int:pk>/comments/<int:comment>/trash/", comments.trash, name="trash_comment"),
    path("<int:pk>/comments/<int:comment>/restore/", comments.restore, name="restore_comment"),
    path("<int:pk>/approve/", approvals.approve, name="approve"),
    path("<int:pk>/chain/", chain.page, name="chain"),
    path("<int:pk>/origin/", sessions.origin, name="origin"),
    path("<int:pk>/take-back/", approvals.take_back, name="take_back"),
]

export_urls: list[URLPattern | URLResolver] = [
    path("", exports.page, name="exports"),
    path("<int:export>/", exports.state, name="export"),
    path("<int:export>/plan.pdf", exports.download, name="download"),
    path("<int:export>/cancel/", exports.cancel, name="cancel_export"),
    path("<int:export>/retry/", exports.retry, name="retry_export"),
]

workshop_urls: list[URLPattern | URLResolver] = [
    path("", sessions.page, name="workshops"),
    path("<int:opening>/", sessions.workshop, name="workshop"),
    path("<int:opening>/harvest/", sessions.harvest, name="harvest"),
    path("<int:opening>/collect/", polls.collect, name="collect"),
    path("<int:opening>/minutes/", sessions.minutes_pdf, name="minutes_pdf"),
    path("<int:opening>/minutes.csv", sessions.minutes_csv, name="minutes_csv"),
    path("<int:opening>/minutes.json", sessions.minutes_json, name="minutes_json"),
]

programme_urls: list[URLPattern | URLResolver] = [
    path("", programmes.home, name="programme"),
    path("edit/", programmes.edit, name="edit_programme"),
    path("trash-programme/", programmes.trash, name="trash_programme"),
    path("steps/<slug:step>/", steps.page, name="step"),
    path("steps/<slug:step>/state/", steps.set_state, name="set_step_state"),
    path("steps/<slug:step>/done-when/", steps.done_when, name="done_when"),
    path("steps/<slug:step>/put-away/", suggestions.put_away, name="put_away"),
    path("steps/<slug:step>/suggest/", suggestions.suggest_step, name="suggest_step"),
    path("steps/<slug:step>/workshop/", sessions.open_workshop, name="open_workshop"),
    path("ask/<slug:poll>/", polls.ask, name="ask"),
    path("present/", steps.present, name="present"),
    path("workshops/", include(workshop_urls)),
    path("suggest/", suggestions.suggest_all, name="suggest_all"),
    path("records/<slug:kind>/", include(record_urls)),
    path("trash/", records.trashed, name="trash"),
    path("log/", records.log, name="log"),
    path("gate/", gate.page, name="gate"),
    path("gate/approve/", gate.approve, name="approve_gate"),
    path("gate/take-back/", gate.take_back, name="take_back_gate"),
    path("alignment/", alignment.page, name="alignment"),
    path("exports/", include(export_urls)),
]

own_data_urls: list[URLPattern | URLResolver] = [
    path("", own_data.page, name="own_data"),
    path("download/", own_data.download, name="download_own_data"),
    path("erase/", own_data.erase, name="erase"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/data/", include(own_data_urls)),
    path("w/<slug:workspace>/", programmes.workspace, name="workspace"),
    path("w/<slug:workspace>/programmes/new/", programmes.create, name="create_programme"),
    path("w/<slug:workspace>/programmes/<int:programme>/restore/", programmes.restore, name="restore_programme"),
    path("w/<slug:workspace>/programmes/<int:programme>/", include(programme_urls)),
]
