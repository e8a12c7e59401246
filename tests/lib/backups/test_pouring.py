"""The script of a restore, fit for the server that is to run it."""

from __future__ import annotations

import io

from callboard.lib.backups import pouring

HEAD = b"""--
-- PostgreSQL database dump
--

\\restrict abc

-- Dumped by pg_dump version 18.6

BEGIN;

SET statement_timeout = 0;
SET transaction_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);

--
-- Data for Name: t
--

COPY public.t (words) FROM stdin;
"""
ROWS = b"SET transaction_timeout = 0;\n\\.\n\nCOMMIT;\n"


def poured(*known: str) -> bytes:
    to = io.BytesIO()
    pouring.copy(io.BytesIO(HEAD + ROWS), to, {*known})
    return to.getvalue()


def test_what_an_older_server_does_not_know_is_not_set_there_and_no_row_is_touched() -> None:
    assert poured("statement_timeout") == HEAD.replace(b"SET transaction_timeout = 0;\n", b"") + ROWS


def test_a_newer_server_gets_it_all() -> None:
    assert poured("statement_timeout", "transaction_timeout") == HEAD + ROWS
