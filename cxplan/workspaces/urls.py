from django.urls import URLPattern, URLResolver, include, path

from cxplan.workspaces.views import account, audit, home, joining, people, settings, sign_in

app_name = "workspaces"

people_urls: list[URLPattern | URLResolver] = [
    path("", people.page, name="people"),
    path("new/", people.add, name="add_person"),
    path("<int:person>/", people.edit, name="edit_person"),
    path("<int:person>/remove/", people.remove, name="remove_person"),
    path("<int:person>/restore/", people.bring_back, name="bring_back"),
    path("<int:person>/invite/", people.invite, name="invite"),
    path("<int:person>/resend/", people.resend, name="resend_invitation"),
    path("<int:person>/withdraw/", people.withdraw, name="withdraw_invitation"),
]

team_urls: list[URLPattern | URLResolver] = [
    path("new/", people.add_team, name="add_team"),
    path("<int:team>/", people.rename_team, name="rename_team"),
    path("<int:team>/move/", people.move_team, name="move_team"),
    path("<int:team>/remove/", people.remove_team, name="remove_team"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("account/", account.account, name="account"),
    path("account/second-step/", account.second_step, name="second_step"),
    path("account/links/<int:link>/end/", account.end_link, name="end_link"),
    path("account/visits/end/", account.end_other_visits, name="end_other_visits"),
    path("account/visits/<int:visit>/end/", account.end_visit, name="end_visit"),
    path("w/<slug:workspace>/settings/", settings.page, name="settings"),
    path("look-around/", sign_in.look_around, name="look_around"),
    path("w/<slug:workspace>/audit/", audit.page, name="audit"),
    path("workspaces/new/", joining.new_workspace, name="new_workspace"),
    path("invitations/<str:token>/", joining.invitation, name="invitation"),
    path("w/<slug:workspace>/people/", include(people_urls)),
    path("w/<slug:workspace>/teams/", include(team_urls)),
]
