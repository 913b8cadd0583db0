from django.urls import path

from cxplan.workspaces.views import audit, home, sign_in

app_name = "workspaces"
urlpatterns = [
    path("", home.home, name="home"),
    path("look-around/", sign_in.look_around, name="look_around"),
    path("w/<slug:workspace>/audit/", audit.page, name="audit"),
]
