from django.urls import path

from cxplan.workspaces.views import account, audit, home, settings, sign_in

app_name = "workspaces"
urlpatterns = [
    path("", home.home, name="home"),
    path("account/", account.account, name="account"),
    path("account/second-step/", account.second_step, name="second_step"),
    path("account/visits/end/", account.end_other_visits, name="end_other_visits"),
    path("account/visits/<int:visit>/end/", account.end_visit, name="end_visit"),
    path("w/<slug:workspace>/settings/", settings.page, name="settings"),
    path("look-around/", sign_in.look_around, name="look_around"),
    path("w/<slug:workspace>/audit/", audit.page, name="audit"),
]
