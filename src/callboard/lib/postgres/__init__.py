"""PostgreSQL for Callboard: the embedded server's lifecycle, a user's own server, and the roles on either.

Owns where the binaries come from (`binaries`), which account runs them (`account`), the files of one
server (`home`), the process that keeps it up (`keeper`), starting, sharing and stopping it (`embedded`),
what a user's own server must satisfy (`checks`), and the database and roles (`roles`). `provision` joins
them. It knows no table: schemas come from migrations.
"""
