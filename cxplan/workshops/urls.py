"""Addresses of the rooms: the way in, the phone, the desk, the projector."""

from django.urls import URLPattern, URLResolver, include, path

from .views import calm, closing, desk, grouping, joining, moderation, room, screen

app_name = "workshops"

desk_urls: list[URLPattern | URLResolver] = [
    path("", desk.page, name="desk"),
    path("open/", desk.open_room, name="open"),
    path("close/", desk.close_room, name="close"),
    path("turn/", desk.turn, name="turn"),
    path("take-back/", desk.take_back, name="take_back"),
    path("reopen/", desk.reopen, name="reopen"),
    path("clock/", desk.clock, name="clock"),
    path("agenda/", desk.move_phase, name="move_phase"),
    path("people/", desk.person, name="person"),
    path("notes/", desk.write_for_room, name="write_for_room"),
    path("aside/", desk.aside, name="aside"),
    path("calm/", calm.for_everybody, name="calm_room"),
    path("hidden/", moderation.look, name="look"),
    path("hidden/aside/", moderation.aside, name="aside_hidden"),
    path("groups/", desk.make_group, name="make_group"),
    path("groups/take-back/", grouping.take_back, name="take_back_grouping"),
    path("groups/let/", grouping.let_group, name="let_group"),
    path("groups/put/", desk.put_into, name="put_into"),
    path("groups/<int:group>/", desk.rename_group, name="rename_group"),
    path("groups/<int:group>/dissolve/", desk.dissolve, name="dissolve"),
    path("lanes/", desk.put_on_lane, name="put_on_lane"),
    path("hands/", desk.enter_hands, name="enter_hands"),
    path("choose/", desk.choose, name="choose"),
    path("decision/", desk.write_decision, name="write_decision"),
    path("deadline/", desk.move_deadline, name="move_deadline"),
    path("end/", desk.end, name="end"),
    path("begin/", desk.begin, name="begin"),
]

room_urls: list[URLPattern | URLResolver] = [
    path("", room.page, name="room"),
    path("seat/", room.take_seat, name="take_seat"),
    path("notes/", room.write, name="write"),
    path("notes/<int:note>/", room.edit, name="edit_note"),
    path("notes/<int:note>/throw-away/", room.throw_away, name="throw_away"),
    path("ready/", room.be_ready, name="be_ready"),
    path("dots/", room.give_dot, name="give_dot"),
    path("dots/take/", room.take_dot, name="take_dot"),
    path("scores/", room.score, name="score"),
    path("ranks/", room.rank, name="rank"),
    path("calm/", calm.for_oneself, name="calm"),
    path("together/", grouping.propose, name="propose"),
    path("pulse/", room.pulse, name="pulse"),
    path("send-notes/", closing.send_notes, name="send_notes"),
    path("screen/", screen.page, name="screen"),
    path("desk/", include(desk_urls)),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("join/", joining.by_code, name="join"),
    path("join/<slug:token>/", joining.by_token, name="join_by_token"),
    path("room/<int:room>/", include(room_urls)),
]
