"""What people say to the bot, and what comes of it."""

import dataclasses
import datetime as dt

import pytest

from monitor.bot.desk import BUTTONS_LIVE, COMMANDS
from monitor.model import AlertId, Mute, Severity, SourceId
from tests.render.samples import ALERTS

from .room import BORDER, NOON, QUAKES, Room

SAMPLE = dataclasses.replace(ALERTS["contradiction"], watch=BORDER, at=NOON, severity=Severity.HIGH)


@pytest.fixture
def room():
    return Room()


def numbered(n, **fields):
    return dataclasses.replace(SAMPLE, id=AlertId(f"a{n}"), **fields)


# --- coming in ---


def test_whoever_starts_follows_everything_from_high_on_and_sees_a_sample(room):
    room.say(5, "/start")
    reader = room.subscriber(5)
    assert (set(reader.watches), reader.level, reader.active) == ({BORDER, QUAKES}, Severity.HIGH, True)
    welcome, sample = room.heard(5)
    assert "claims, not facts" in welcome
    assert "RIVAL CLAIMS" in sample


def test_the_two_buttons_of_the_welcome_choose_the_level_or_the_watches(room):
    room.say(5, "/start")
    assert "high" in room.press(5, "High and above").toast
    room.press(5, "Let me choose")
    assert "Quakes" in room.heard(5)[-1]


def test_a_stranger_of_an_invite_only_bot_is_put_before_the_admins_once():
    room = Room("invite")
    room.admin(1)
    room.say(7, "/start", name="Bob")
    room.say(7, "/start", name="Bob")
    assert room.subscriber(7) is None
    assert [t for t in room.heard(1) if "Bob" in t and "asks" in t] == ["Bob (7) asks to be let in."]
    room.press(1, "Let in")
    assert room.subscriber(7).active
    assert "You are in" in "".join(room.heard(7))
    assert "decided already" in room.press(1, "Let in", among=[m for m in room.sent if "asks" in m.text]).toast


def test_a_denied_stranger_stays_out():
    room = Room("invite")
    room.admin(1)
    room.say(7, "/start", name="Bob")
    room.press(1, "Keep out")
    assert room.subscriber(7) is None


def test_a_closed_bot_lets_nobody_in():
    room = Room("closed")
    room.say(7, "/start")
    assert room.subscriber(7) is None
    assert "no new readers" in room.heard(7)[-1]


def test_an_invite_lets_one_chat_in_and_no_second():
    room = Room("invite")
    room.admin(1)
    room.say(1, "/invite")
    code = room.heard(1)[-1].split("start=")[1].split()[0]
    room.say(7, f"/start {code}")
    room.say(8, f"/start {code}")
    assert room.subscriber(7).active
    assert room.subscriber(8) is None


def test_an_invite_that_ran_out_lets_nobody_in():
    room = Room("invite")
    room.admin(1)
    room.say(1, "/invite")
    code = room.heard(1)[-1].split("start=")[1].split()[0]
    room.wait(days=8)
    room.say(7, f"/start {code}")
    assert room.subscriber(7) is None


def test_the_code_alone_is_enough_and_makes_the_admin():
    room = Room("invite")
    room.admin(1)
    assert room.subscriber(1).admin
    assert room.subscriber(1).level is Severity.LOW
    assert "You are the admin" in room.heard(1)[0]


def test_admin_commands_do_not_exist_for_others(room):
    room.admin(1)
    room.say(5, "/start")
    for command in (name for name, c in COMMANDS.items() if c.who == "admin"):
        room.say(5, f"/{command} x")
        assert room.heard(5)[-1].startswith("I don’t understand")


def test_an_admin_command_in_a_group_is_not_obeyed(room):
    room.admin(1)
    room.say(-9, "/start", kind="group")
    room.say(-9, "/broadcast hello", kind="group")
    assert "hello" not in room.heard(-9)[-1]


# --- following ---


@pytest.mark.parametrize("words", ["1", "Peru", "peru–ecuador", BORDER])
def test_a_watch_is_followed_by_number_name_or_a_part_of_it(room, words):
    room.say(5, "/start")
    room.set(5, watches=())
    room.say(5, f"/follow {words}")
    assert len(room.subscriber(5).watches) == 1


def test_an_unknown_watch_is_said_to_be_unknown(room):
    room.say(5, "/start")
    room.say(5, "/follow Atlantis")
    assert "no such watch" in room.heard(5)[-1]


def test_buttons_follow_and_leave_and_pressing_twice_changes_nothing(room):
    room.say(5, "/start")
    room.say(5, "/watches")
    menu = [m for m in room.sent if m.chat == 5][-1:]
    room.press(5, "Leave Quakes", among=menu)
    assert room.subscriber(5).watches == (BORDER,)
    room.press(5, "Leave Quakes", among=menu)
    assert room.subscriber(5).watches == (BORDER,)


def test_stop_forgets_everything(room):
    room.say(5, "/start")
    room.say(5, "/tz Asia/Karachi")
    room.say(5, "/stop")
    assert room.subscriber(5) is None
    assert room.alert(SAMPLE) == []
    room.say(5, "/start")
    assert room.subscriber(5).tz == "UTC"


def test_level_is_set_and_shown(room):
    room.say(5, "/start")
    room.say(5, "/level critical")
    assert room.subscriber(5).level is Severity.CRITICAL
    room.say(5, "/level loud")
    assert "Your level is critical" in room.heard(5)[-1]


# --- silence ---


def test_the_mute_button_silences_the_story_for_a_day_and_once_more_changes_nothing(room):
    room.say(5, "/start")
    room.alert(SAMPLE)
    room.press(5, "Mute")
    [mute] = room.subscriber(5).mutes
    assert mute == Mute(NOON + dt.timedelta(hours=24), story=SAMPLE.story)
    room.wait(hours=3)
    room.press(5, "Mute")
    assert room.subscriber(5).mutes == (mute,)
    assert room.alert(numbered(2)) == []


def test_a_button_is_dead_after_a_week(room):
    room.say(5, "/start")
    [message] = room.alert(SAMPLE)
    room.wait(seconds=BUTTONS_LIVE.total_seconds() + 1)
    assert "too old" in room.press_data(5, f"mute:{message.id}").toast
    assert room.subscriber(5).mutes == ()


def test_a_button_of_another_chat_s_message_does_nothing(room):
    room.say(5, "/start")
    room.say(6, "/start")
    first = next(m for m in room.alert(SAMPLE) if m.chat == 5)
    assert "too old" in room.press_data(6, f"mute:{first.id}").toast


@pytest.mark.parametrize("data", ["", "mute", "mute:", "nothing:x:y", "mute:zzz", "follow::", "🦊" * 20])
def test_a_made_up_button_does_nothing(room, data):
    room.say(5, "/start")
    assert "too old" in room.press_data(5, data).toast


@pytest.mark.parametrize(
    ("words", "mute"),
    [
        ("24h", Mute(NOON + dt.timedelta(hours=24))),
        ("30m Quakes", Mute(NOON + dt.timedelta(minutes=30), watch=QUAKES)),
        ("2d wire", Mute(NOON + dt.timedelta(days=2), source=SourceId("wire"))),
        ("1w story", Mute(NOON + dt.timedelta(weeks=1), story=SAMPLE.story)),
    ],
)
def test_mute_takes_a_time_and_what(room, words, mute):
    room.say(5, "/start")
    room.alert(SAMPLE)
    room.say(5, f"/mute {words}")
    assert room.subscriber(5).mutes == (mute,)
    room.say(5, "/mute off")
    assert room.subscriber(5).mutes == ()


@pytest.mark.parametrize("words", ["", "forever", "0h", "9999w", "24h Atlantis", "-3h", "²h"])
def test_a_mute_that_can_t_be_understood_changes_nothing(room, words):
    room.say(5, "/start")
    room.say(5, f"/mute {words}")
    assert room.subscriber(5).mutes == ()


@pytest.mark.parametrize(
    ("words", "hours"), [("22-07", (22, 7)), ("22:00–7:00", (22, 7)), ("5-5", None), ("off", None), ("25-7", (1, 2))]
)
def test_quiet_hours_are_set_and_equal_ones_mean_none(room, words, hours):
    room.say(5, "/start")
    room.say(5, "/quiet 1-2")
    room.say(5, f"/quiet {words}")
    assert room.subscriber(5).quiet == hours


@pytest.mark.parametrize(("words", "tz"), [("Asia/Karachi", "Asia/Karachi"), ("Mars/Base", "UTC"), ("../x", "UTC")])
def test_only_real_time_zones_are_taken(room, words, tz):
    room.say(5, "/start")
    room.say(5, f"/tz {words}")
    assert room.subscriber(5).tz == tz


@pytest.mark.parametrize(("words", "at"), [("8:00", "08:00"), ("23:59", "23:59"), ("24:00", None), ("off", None)])
def test_digest_takes_a_time_of_day(room, words, at):
    room.say(5, "/start")
    room.say(5, f"/digest {words}")
    assert room.subscriber(5).digest == at


# --- questions ---


def test_why_tells_rules_and_reasons(room):
    room.say(5, "/start")
    room.alert(SAMPLE)
    room.press(5, "Why")
    assert "claims (critical): a new claim of at least 10 killed" in room.heard(5)[-1]
    room.say(5, "/why")
    assert "claims (critical)" in room.heard(5)[-1]


def test_latest_also_shows_what_was_below_the_level(room):
    room.say(5, "/start")
    low = numbered(3, severity=Severity.LOW)
    assert room.alert(low) == []
    room.say(5, "/latest")
    assert "31 civilians killed" in room.heard(5)[-1]


@pytest.mark.parametrize("command", ["status", "sources", "why", "latest", "claims", "help", "export"])
def test_every_question_has_an_answer_before_anything_happened(room, command):
    room.say(5, "/start")
    before = len(room.heard(5))
    room.say(5, f"/{command}")
    assert len(room.heard(5)) == before + 1


def test_export_carries_all_that_is_kept(room):
    from monitor.channels.compose import compose
    from monitor.core.wording import names

    from .room import RULES

    room.say(5, "/start")
    room.say(5, "/quiet 22-07")
    room.say(5, "/export")
    outgoing = compose(room.sent[-1], room.store.view(), room.store.message, names(RULES))
    name, content = outgoing.document
    assert name.endswith(".json")
    assert b'"quiet": [\n  22,\n  7\n ]' in content


# --- groups ---


def test_in_a_group_only_admins_change_what_it_gets(room):
    room.say(-9, "/start", kind="supergroup")
    room.say(-9, "/level low", kind="supergroup", admin_here=False)
    assert room.subscriber(-9).level is Severity.HIGH
    assert "Only admins" in room.heard(-9)[-1]
    room.say(-9, "/status", kind="supergroup", admin_here=False)
    assert "Level: high" in room.heard(-9)[-1]


def test_other_bots_commands_in_a_group_are_passed_over(room):
    assert room.say(-9, "/weather", kind="group").messages == ()


def test_a_group_that_became_a_supergroup_keeps_what_it_follows(room):
    room.say(-9, "/start", kind="group")
    room.move(-9, -1009)
    assert room.subscriber(-1009).watches == tuple(room.subscriber(-1009).watches)
    assert [m.chat for m in room.alert(SAMPLE)] == [-1009]


def test_a_blocked_bot_pauses_and_an_unblocked_one_goes_on_as_before(room):
    room.say(5, "/start")
    room.welcome(5, welcome=False)
    assert room.alert(SAMPLE) == []
    room.welcome(5, welcome=True)
    assert len(room.alert(numbered(2))) == 1


# --- admins ---


def test_a_broadcast_is_shown_first_and_goes_out_once_when_confirmed(room):
    room.admin(1)
    room.say(5, "/start")
    room.say(1, "/broadcast Back at <noon> @everyone")
    assert not any("Back at" in text for text in room.heard(5))
    shown = [m for m in room.sent if "Back at" in m.text][:1]
    room.press(1, "Yes", among=shown)
    room.press(1, "Yes", among=shown)
    copies = {m.id for m in room.sent if m.chat == 5 and "Back at" in m.text}
    assert len(copies) == 1


def test_wrong_tells_everybody_who_got_it_as_a_reply_once(room):
    room.admin(1)
    room.say(5, "/start")
    sent = room.alert(SAMPLE)
    room.press(1, "Wrong")
    asked = [m for m in room.sent if m.chat == 1][-1:]
    room.press(1, "Yes", among=asked)
    room.press(1, "Yes", among=asked)
    taken_back = {m.id: m for m in room.sent if m.kind == "correction"}
    assert {m.chat for m in taken_back.values()} == {1, 5}
    assert {m.reply_to for m in taken_back.values()} == {m.id for m in sent}
    assert all("was our error" in room.text(m) for m in taken_back.values())


def test_wrong_is_only_under_an_admin_s_messages(room):
    room.say(5, "/start")
    [message] = room.alert(SAMPLE)
    assert "Wrong" not in str(room.rendered(message).buttons)
    assert "don’t understand" in room.press_data(5, f"wrong:{message.id}").toast


def test_the_health_of_a_source_and_of_everything(room):
    room.admin(1)
    room.say(1, "/source wire")
    assert "Some Wire (wire)" in room.heard(1)[-1]
    room.say(1, "/source nothing")
    assert "no source" in room.heard(1)[-1]
    room.say(1, "/health")
    assert "Subscribers: 1 active" in room.heard(1)[-1]


def test_the_same_update_twice_gives_the_same_messages(room):
    first = room.say(5, "/start")
    room.update -= 1
    again = room.say(5, "/start")
    assert [m.id for m in again.messages][:1] == [m.id for m in first.messages][:1]


def test_names_and_words_of_strangers_do_nothing_in_messages():
    room = Room("invite")
    room.admin(1)
    room.say(7, "/start", name="<b>@everyone</b> /start tg://x")
    asked = [m for m in room.sent if m.chat == 1][-1]
    assert "<b>@" not in room.rendered(asked).html
    assert "@everyone" not in room.text(asked)
