"""Environment and files → Settings. A wrong one names itself and says how to mend it."""

from __future__ import annotations

import difflib
import os
import pathlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast, get_args
from urllib.parse import parse_qsl, unquote, urlsplit

from monitor.errors import SettingError

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{30,}")
Access = Literal["open", "invite", "closed"]
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_KNOWN = (
    "TOCSIN_DATABASE",
    "TOCSIN_RULES",
    "TOCSIN_STATE",
    "TOCSIN_TELEGRAM_TOKEN",
    "TOCSIN_TELEGRAM_TOKEN_FILE",
    "TOCSIN_TELEGRAM_API",
    "TOCSIN_TELEGRAM_ACCESS",
    "TOCSIN_LOG_LEVEL",
    "TOCSIN_FAILPOINT",
)


@dataclass(frozen=True, slots=True)
class PostgresUrl:
    """Where a PostgreSQL database is (`text`: a libpq address). Shown without password and options."""

    text: str = field(repr=False)

    def __str__(self) -> str:
        """`postgresql://USER@HOST:PORT/DATABASE`."""
        authority, slash, path = self.text.partition("://")[2].partition("?")[0].rpartition("@")[2].partition("/")
        user = self._login[0]
        return f"postgresql://{user}{'@' if user else ''}{authority}{slash}{path}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown: passwords, as written and as meant."""
        options = parse_qsl(self.text.partition("?")[2])
        written = [self._login[1], *(value for name, value in options if name in {"password", "sslpassword"})]
        return tuple({form for secret in written if secret for form in (secret, unquote(secret))})

    def without_secrets(self, words: str) -> str:
        """Words of the database's, fit to be shown."""
        for secret in (self.text, *self.secrets):
            words = words.replace(secret, "<secret>")
        return words

    @property
    def _login(self) -> tuple[str, str]:
        login, _, _ = self.text.partition("://")[2].partition("?")[0].rpartition("@")
        user, _, password = login.partition(":")
        return user, password


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is not a rule. The token and the database's password are left out of `repr`."""

    rules: pathlib.Path = pathlib.Path("rules")
    state: pathlib.Path = pathlib.Path("state")
    database: pathlib.Path | PostgresUrl = pathlib.Path("state/tocsin.db")
    telegram_token: str | None = field(default=None, repr=False)
    """None: alerts appear on the terminal."""
    telegram_api: str | None = None
    """Another Bot API server (`http://127.0.0.1:8081`); None is Telegram's."""
    telegram_access: Access = "invite"
    """Who may follow: anybody, those whom an admin lets in, nobody new."""
    log_level: str = "INFO"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log line may show."""
        hidden = self.database.secrets if isinstance(self.database, PostgresUrl) else ()
        return (*hidden, self.telegram_token) if self.telegram_token else hidden

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """From the environment (the process's own by default); raises SettingError. Empty counts as not set."""
        given = os.environ if environment is None else environment
        env = {name: value for name, value in given.items() if name.startswith("TOCSIN_") and value.strip()}
        _refuse_misspelt(env)
        state = pathlib.Path(env.get("TOCSIN_STATE", "state"))
        return cls(
            rules=_rules(env),
            state=state,
            database=_database(env, state),
            telegram_token=_token(env),
            telegram_api=_api(env),
            telegram_access=_access(env),
            log_level=_level(env),
        )


def _refuse_misspelt(env: Mapping[str, str]) -> None:
    for name in env:
        near = [] if name in _KNOWN else difflib.get_close_matches(name, _KNOWN, 1, 0.8)
        if near:
            raise SettingError(f"{name}: no such setting; did you mean {near[0]}?")


def _rules(env: Mapping[str, str]) -> pathlib.Path:
    path = pathlib.Path(env.get("TOCSIN_RULES", "rules"))
    if "TOCSIN_RULES" in env and not path.is_dir():
        raise SettingError(
            f"TOCSIN_RULES: {path} is no directory; name the one that holds sources.yaml and the watches"
        )
    return path


def _database(env: Mapping[str, str], state: pathlib.Path) -> pathlib.Path | PostgresUrl:
    value = env.get("TOCSIN_DATABASE", str(state / "tocsin.db")).strip()
    scheme, separator, rest = value.partition("://")
    if not separator:
        return pathlib.Path(value)
    if scheme in {"postgresql", "postgres"} and rest:
        return PostgresUrl(f"postgresql://{rest}")
    if scheme != "sqlite" or not rest:
        raise SettingError(
            f"TOCSIN_DATABASE: {scheme}:// is not supported; "
            "give the path of an SQLite file, or postgresql://USER:PASSWORD@HOST/DATABASE"
        )
    return pathlib.Path(rest)


def _token(env: Mapping[str, str]) -> str | None:
    name = "TOCSIN_TELEGRAM_TOKEN"
    if name in env and f"{name}_FILE" in env:
        raise SettingError(f"{name} and {name}_FILE are both set; keep one of them")
    if f"{name}_FILE" in env:
        name = f"{name}_FILE"
        value = _read(name, pathlib.Path(env[name]))
    elif name in env:
        value = env[name].strip()
    else:
        return None
    if not _TOKEN.fullmatch(value):
        raise SettingError(f"{name}: not a bot token; @BotFather gives one of the form 123456:ABC…")
    return value


def _read(name: str, path: pathlib.Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{name}: {path} can't be read ({error.__class__.__name__}); name a readable file") from None


def _api(env: Mapping[str, str]) -> str | None:
    value = env.get("TOCSIN_TELEGRAM_API", "").strip().rstrip("/")
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingError(f"TOCSIN_TELEGRAM_API: {value} is no address; write http://HOST:PORT")
    return value


def _access(env: Mapping[str, str]) -> Access:
    value = env.get("TOCSIN_TELEGRAM_ACCESS", "invite").strip().lower()
    for access in get_args(Access):
        if value == access:
            return cast(Access, access)
    raise SettingError(f"TOCSIN_TELEGRAM_ACCESS: {value} is no way in; choose one of {', '.join(get_args(Access))}")


def _level(env: Mapping[str, str]) -> str:
    value = env.get("TOCSIN_LOG_LEVEL", "INFO").strip().upper()
    if value not in _LEVELS:
        raise SettingError(f"TOCSIN_LOG_LEVEL: {value} is no level; choose one of {', '.join(_LEVELS)}")
    return value
