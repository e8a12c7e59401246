"""What the environment may say: every setting of the installation, declared once; secrets from files too.

The page of settings in the documentation is drawn from this list, and a test holds that nothing else is read.
A secret NAME may be given as NAME_FILE, the path of a file that holds it: what Docker, Podman, systemd
(`LoadCredential`) and Kubernetes hand out. Read before anything else looks at the environment.
"""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path

FILE = "_FILE"
TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})


class BadEnvironment(ValueError):
    """A setting cannot be read or meant; the words say which, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Variable:
    """One setting. `default` is what holds when it is not given, in words."""

    name: str
    group: str
    means: str
    default: str
    example: str
    secret: bool = False


def _variable(
    group: str, name: str, means: str, default: str, example: str, *, secret: bool = False
) -> Variable:
    return Variable(name=name, group=group, means=means, default=default, example=example, secret=secret)


ADDRESS, DATA, SIGN_IN, MAIL, FILES, TOLD, SPECIAL = (
    "Address",
    "Database",
    "Keys and passwords",
    "Mail",
    "Files",
    "Logs, metrics, traces",
    "Special cases",
)

VARIABLES: tuple[Variable, ...] = (
    _variable(
        ADDRESS, "CALLBOARD_BASE_URL",
        "The address that people type, for links. `https:` makes cookies secure, and browsers insist on it.",
        "where `serve` listens, for this machine alone", "https://callboard.example.org",
    ),
    _variable(
        ADDRESS, "CALLBOARD_HOSTS",
        "Host names that are answered, with commas between; this machine's own names are in any case.",
        "the host of `CALLBOARD_BASE_URL`", "callboard.example.org,board.example.org",
    ),
    _variable(
        ADDRESS, "CALLBOARD_ORIGINS", "Origins from which forms are taken, with commas between.",
        "the origin of `CALLBOARD_BASE_URL`", "https://callboard.example.org",
    ),
    _variable(
        ADDRESS, "CALLBOARD_TRUSTED_PROXIES",
        "How many proxies stand in front and add to `X-Forwarded-For`; they must set `X-Forwarded-Proto`.",
        "1 where `CALLBOARD_BASE_URL` is `https:`, else 0", "2",
    ),
    _variable(
        ADDRESS, "CALLBOARD_INSECURE_HTTP",
        "1: answer over plain http to others than this machine, in a network that you trust wholly.",
        "0: Callboard does not start that way", "1",
    ),
    _variable(
        DATA, "DATABASE_URL",
        "Your own PostgreSQL, by a login that may create roles: [how](../how-to/use-your-own-postgresql.md).",
        "the embedded server", "postgresql://admin:password@db.example.org/callboard", secret=True,
    ),
    _variable(
        DATA, "CALLBOARD_DATABASE_URL", "Where an administrator made the roles: the application's login. "
        "All four of these, or none.",
        "made from `DATABASE_URL`", "postgresql://callboard_app:…@db.example.org/callboard", secret=True,
    ),
    _variable(
        DATA, "CALLBOARD_OWNER_DATABASE_URL", "The same for the owner of the schema, used by `migrate`.",
        "made from `DATABASE_URL`", "postgresql://callboard_owner:…@db.example.org/callboard", secret=True,
    ),
    _variable(
        DATA, "CALLBOARD_INGEST_DATABASE_URL", "The same for ingest.",
        "made from `DATABASE_URL`", "postgresql://callboard_ingest:…@db.example.org/callboard", secret=True,
    ),
    _variable(
        DATA, "CALLBOARD_ENGINE_DATABASE_URL", "The same for the engine.",
        "made from `DATABASE_URL`", "postgresql://callboard_engine:…@db.example.org/callboard", secret=True,
    ),
    _variable(
        DATA, "CALLBOARD_BACKUP_DATABASE_URL",
        "A login that may read every row, for `callboard backup`, where the four above are given: "
        "[how](../how-to/back-up-and-restore.md).",
        "`DATABASE_URL`, or the embedded server's own", "postgresql://callboard_backup:…@db.example.org/callboard",
        secret=True,
    ),
    _variable(
        DATA, "CALLBOARD_MIGRATE_AT_START",
        "`before`: a start leaves out what processes of an older version could not live with, for several "
        "machines that are upgraded one after the other: [how](../how-to/upgrade.md).",
        "`all`", "before",
    ),
    _variable(
        SIGN_IN, "CALLBOARD_SECRET_KEY",
        "Signs logins and links, and seals what is kept sealed. At least 32 random characters; "
        "the same on every machine.",
        "made once, and kept in the data folder", "`openssl rand -base64 48`", secret=True,
    ),
    _variable(
        SIGN_IN, "CALLBOARD_SECRET_KEY_FALLBACKS",
        "Former keys, with commas between: they open what they signed or sealed, and sign nothing new.",
        "none", "", secret=True,
    ),
    _variable(
        SIGN_IN, "CALLBOARD_ADMIN_PASSWORD", "The first admin's, for `callboard init` without a prompt.",
        "asked for", "", secret=True,
    ),
    _variable(MAIL, "CALLBOARD_MAIL_HOST", "The mail server.", "none: letters are printed in the log",
              "smtp.example.org"),
    _variable(MAIL, "CALLBOARD_MAIL_PORT", "Its port.", "587", "25"),
    _variable(MAIL, "CALLBOARD_MAIL_USER", "The login there.", "none", "callboard"),
    _variable(MAIL, "CALLBOARD_MAIL_PASSWORD", "Its password.", "none", "", secret=True),
    _variable(MAIL, "CALLBOARD_MAIL_TLS", "1: STARTTLS; 0: in the clear.", "1", "0"),
    _variable(MAIL, "CALLBOARD_MAIL_FROM", "Whom letters are from.", "`Callboard <callboard@localhost>`",
              "`Maple School <callboard@maple.example>`"),
    _variable(MAIL, "CALLBOARD_EMAIL_BACKEND", "A Django mail backend, in place of SMTP.",
              "SMTP where `CALLBOARD_MAIL_HOST` is given, else the log",
              "django.core.mail.backends.filebased.EmailBackend"),
    _variable(
        FILES, "CALLBOARD_DATA_DIR", "Where the embedded database, keys and files are kept.",
        "`/var/lib/callboard` for root, else the customary place for a user's data", "/srv/callboard",
    ),
    _variable(
        FILES, "CALLBOARD_RECORDINGS",
        "Where recordings are kept, a folder or `s3://bucket/prefix`: [how](../how-to/keep-recordings.md).",
        "`recordings` in the data folder", "s3://maple-recordings/callboard?region=eu-central-1",
    ),
    _variable(
        FILES, "CALLBOARD_ERASURES",
        "Where the list of who was erased is kept, ids alone, a folder or `s3://bucket/prefix`. Best where "
        "neither the database nor its backups are: [why](../how-to/erase-a-person.md).",
        "`erasures` where recordings are kept", "s3://maple-erasures/callboard?region=eu-central-1",
    ),
    _variable(FILES, "AWS_ACCESS_KEY_ID", "The key of an S3 store.", "the machine's role", "", secret=True),
    _variable(FILES, "AWS_SECRET_ACCESS_KEY", "Its secret.", "the machine's role", "", secret=True),
    _variable(TOLD, "CALLBOARD_LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR.", "INFO", "WARNING"),
    _variable(
        TOLD, "CALLBOARD_LOG_FORMAT",
        "`line` for people, or `json`: one object a line, and one line for each request.", "line", "json",
    ),
    _variable(
        TOLD, "CALLBOARD_METRICS_TOKEN",
        "Whoever asks for `/metrics` must send it, as `Authorization: Bearer`.",
        "only whoever asks past the proxy is answered, or where there is none, this machine",
        "`openssl rand -hex 24`", secret=True,
    ),
    _variable(
        TOLD, "OTEL_EXPORTER_OTLP_ENDPOINT",
        "Where traces are sent, to an OpenTelemetry collector by HTTP; needs `callboard[traces]`. "
        "OpenTelemetry's other settings (`OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS` …) hold too.",
        "no traces", "http://localhost:4318",
    ),
    _variable(
        SPECIAL, "CALLBOARD_API_RATE",
        "How many calls of the API a key may make in a minute, at each web process; 0: no limit. "
        "Evidence has a limit of its own.",
        "6000", "600",
    ),
    _variable(SPECIAL, "CALLBOARD_LIVEKIT_SERVER",
              "A LiveKit server's program for `callboard rooms`, in place of the one that is built.",
              "built once", "/usr/local/bin/livekit-server"),
    _variable(SPECIAL, "CALLBOARD_ENGINE_PARTITIONS",
              "How many partitions of the event log one engine takes at most, the overseer counted.",
              "all", "5"),
    _variable(SPECIAL, "CALLBOARD_DEBUG",
              "1: pages show their errors in full. Refused where others than this machine are answered.",
              "0", "1"),
)  # fmt: skip

INTERNAL: dict[str, str] = {
    "CALLBOARD_PROCESS": "which program this is; set by the supervisor",
    "CALLBOARD_STATIC_ROOT": "where `serve` gathered the pages' files",
    "CALLBOARD_DEMO": "set by `callboard demo` for its processes, with its companions",
    "CALLBOARD_DEMO_KEY": "",
    "CALLBOARD_DEMO_ORGANIZATION": "",
    "CALLBOARD_DEMO_PROVIDER": "",
    "CALLBOARD_DEMO_TOKEN": "",
    "CALLBOARD_CRASH_AT": "set by drills, with its companions",
    "CALLBOARD_CRASH_LOG": "",
    "CALLBOARD_DRILL_MOST_KILLS": "",
    "CALLBOARD_DRILL_READY": "",
    "CALLBOARD_KEEP_DRILL": "",
}
"""Read by our own processes of each other; nothing that a person sets."""

_BY_NAME = {variable.name: variable for variable in VARIABLES}


def text(name: str, default: str = "") -> str:
    """What a declared setting says; empty is not given.

    Raises KeyError for one that is not declared: a bug in the caller.
    """
    if name not in _BY_NAME and name not in INTERNAL:
        raise KeyError(f"{name} is not declared in lib.environment")
    return os.environ.get(name) or default


def flag(name: str, default: bool = False) -> bool:
    """Raises BadEnvironment."""
    return truth(name, text(name), default)


def truth(name: str, said: str, default: bool = False) -> bool:
    """What a value of that name means; empty is not given. Raises BadEnvironment."""
    word = said.strip().lower()
    if not word:
        return default
    if word not in TRUE | FALSE:
        raise BadEnvironment(f"{name} is {said!r}, and must be 1 or 0.")
    return word in TRUE


def number(name: str, default: int) -> int:
    """A whole number. Raises BadEnvironment."""
    return whole(name, text(name), default)


def whole(name: str, said: str, default: int) -> int:
    """As `truth`."""
    if not said.strip():
        return default
    if not said.strip().isdecimal():
        raise BadEnvironment(f"{name} is {said!r}, and must be a whole number.")
    return int(said)


def items(name: str) -> list[str]:
    """What stands between commas."""
    return [item.strip() for item in text(name).split(",") if item.strip()]


def read_files(environment: MutableMapping[str, str] = os.environ) -> None:
    """Take the secrets that are given as files. Twice is once. Raises BadEnvironment.

    The files' names go, so that processes started from here take what was read and not the file: it may say
    something else by then, or be out of their reach.
    """
    for variable in VARIABLES:
        path = environment.get(variable.name + FILE)
        if not variable.secret or not path:
            continue
        try:
            content = Path(path).read_text().strip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise BadEnvironment(
                f"{variable.name}{FILE} names {path}, which cannot be read: {type(error).__name__}."
            ) from error
        if environment.get(variable.name, content) != content:
            raise BadEnvironment(f"{variable.name} and {variable.name}{FILE} are both given, and differ.")
        if not content:
            raise BadEnvironment(f"{variable.name}{FILE} names {path}, which is empty.")
        environment[variable.name] = content
        del environment[variable.name + FILE]


def unknown(environment: MutableMapping[str, str] = os.environ) -> list[str]:
    """Names that begin as ours do and are none of ours: most likely misspelt."""
    files = {variable.name + FILE for variable in VARIABLES if variable.secret}
    known = {*_BY_NAME, *INTERNAL, *files}
    return sorted(
        name
        for name in environment
        if name.startswith("CALLBOARD_") and name not in known and not name.startswith("CALLBOARD_TEST_")
    )
