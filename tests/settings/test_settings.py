"""A wrong setting names itself and says how to mend it."""

import pathlib

import pytest

from monitor.errors import SettingError
from monitor.settings import PostgresUrl, Settings

TOKEN = "123456789:" + "A" * 35


def test_nothing_need_be_set():
    settings = Settings.read({"PATH": "/bin", "TOCSIN_TELEGRAM_TOKEN": ""})
    assert settings.rules == pathlib.Path("rules")
    assert settings.database == pathlib.Path("state/tocsin.db")
    assert settings.telegram_token is None


def test_the_database_lies_in_the_state_unless_it_is_named(tmp_path):
    assert Settings.read({"TOCSIN_STATE": "/s"}).database == pathlib.Path("/s/tocsin.db")
    assert Settings.read({"TOCSIN_STATE": "/s", "TOCSIN_DATABASE": "/d.db"}).database == pathlib.Path("/d.db")
    assert Settings.read({"TOCSIN_DATABASE": "sqlite:///d.db"}).database == pathlib.Path("/d.db")


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_a_server_is_shown_without_its_password(scheme):
    settings = Settings.read({"TOCSIN_DATABASE": f"{scheme}://ann:p%40ss-word@db.example:5433/news?sslmode=require"})
    assert settings.database == PostgresUrl("postgresql://ann:p%40ss-word@db.example:5433/news?sslmode=require")
    assert str(settings.database) == "postgresql://ann@db.example:5433/news"
    assert "word" not in repr(settings)
    assert set(settings.secrets) == {"p%40ss-word", "p@ss-word"}
    assert settings.database.without_secrets("it said p@ss-word") == "it said <secret>"


@pytest.mark.parametrize(
    ("rest", "shown", "secrets"),
    [
        ("ann@a.example,b.example:5433/news", "ann@a.example,b.example:5433/news", set()),
        ("/news?host=/run/pg&password=pw", "/news", {"pw"}),
        ("ann:p@w@a.example/news", "ann@a.example/news", {"p@w"}),
        ("a.example", "a.example", set()),
    ],
)
def test_other_ways_to_name_a_server(rest, shown, secrets):
    url = Settings.read({"TOCSIN_DATABASE": f"postgresql://{rest}"}).database
    assert str(url) == f"postgresql://{shown}"
    assert set(url.secrets) == secrets


def test_the_token_may_stand_in_a_file_and_never_shows(tmp_path):
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    for env in ({"TOCSIN_TELEGRAM_TOKEN": TOKEN}, {"TOCSIN_TELEGRAM_TOKEN_FILE": str(file)}):
        settings = Settings.read(env)
        assert settings.telegram_token == TOKEN
        assert TOKEN not in repr(settings)


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"TOCSIN_TELEGRAM_TOKEN": "hello"}, "TOCSIN_TELEGRAM_TOKEN: not a bot token"),
        ({"TOCSIN_TELEGRAM_TOKEN": TOKEN, "TOCSIN_TELEGRAM_TOKEN_FILE": "x"}, "keep one"),
        ({"TOCSIN_TELEGRAM_TOKEN_FILE": "/no/such/file"}, "TOCSIN_TELEGRAM_TOKEN_FILE: /no/such/file"),
        ({"TOCSIN_TELEGRAM_API": "localhost:8081"}, "http://HOST:PORT"),
        ({"TOCSIN_TELEGRAM_ACCESS": "everybody"}, "open, invite, closed"),
        ({"TOCSIN_DATABASE": "mysql://x/y"}, "TOCSIN_DATABASE: mysql"),
        ({"TOCSIN_DATABASE": "postgresql://"}, "postgresql://USER:PASSWORD@HOST/DATABASE"),
        ({"TOCSIN_RULES": "/no/such/rules"}, "TOCSIN_RULES: /no/such/rules"),
        ({"TOCSIN_LOG_LEVEL": "LOUD"}, "TOCSIN_LOG_LEVEL: LOUD"),
        ({"TOCSIN_TELEGRAM_TOKN": TOKEN}, "did you mean TOCSIN_TELEGRAM_TOKEN"),
    ],
)
def test_a_wrong_setting_names_itself(env, named):
    with pytest.raises(SettingError) as raised:
        Settings.read(env)
    assert named in str(raised.value)
    assert TOKEN not in str(raised.value)
