"""Database URLs: written for people and psql, read back for drivers."""

from __future__ import annotations

from urllib.parse import quote, urlsplit, urlunsplit


def build(host: str, port: int, database: str, user: str, password: str) -> str:
    """`postgresql://user:password@host:port/database`, each part quoted."""
    return f"postgresql://{quote(user, '')}:{quote(password, '')}@{host}:{port}/{quote(database, '')}"


def with_login(url: str, user: str, password: str) -> str:
    """The same server and database for another login; options in the query are kept."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(user, '')}:{quote(password, '')}@{place}"))


def with_database(url: str, database: str) -> str:
    """The same server and login for another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(database, '')}"))


def without_password(url: str) -> str:
    """The URL as it may be shown in a message."""
    parts = urlsplit(url)
    login, _, place = parts.netloc.rpartition("@")
    user = login.partition(":")[0]
    return urlunsplit(parts._replace(netloc=f"{user}@{place}" if user else place))
