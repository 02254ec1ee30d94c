"""The embedded engine's tables, as a document.

``events`` is append-only and the truth; ``people`` says who is who; ``loads`` and ``rejects`` tell what came in and
what was set aside. Whatever derives from these (journeys, activity, payments, tallies) is made by ``derived``.
"""

SCHEMA_VERSION = "2"

TABLES = """
-- One row of facts about the database itself: the schema's version, the stamp of the derived tables, …
CREATE TABLE IF NOT EXISTS meta (name VARCHAR, value VARCHAR);

-- Every id that ever occurred, numbered; person is the number of the id that stands for the person.
CREATE TABLE IF NOT EXISTS people (number INTEGER, name VARCHAR, person INTEGER, known BOOLEAN);

-- What happened. id tells copies of one event from two events: the hash of the event's own id where it has one,
-- else of its content and its place among equal rows of the same file. load is what brought it.
CREATE TABLE IF NOT EXISTS events (
    id UBIGINT, number INTEGER, event VARCHAR, time TIMESTAMP, channel VARCHAR, amount DOUBLE, currency VARCHAR,
    properties JSON, event_id VARCHAR, place INTEGER, load INTEGER
);

-- Which properties occur at all, so that no query looks for what is not there.
CREATE TABLE IF NOT EXISTS properties (name VARCHAR);

-- People with events that the derived tables do not know of yet.
CREATE TABLE IF NOT EXISTS touched (person INTEGER);

-- One row for each file or table that was read. done counts its rows so far: a load that was killed goes on there.
CREATE TABLE IF NOT EXISTS loads (
    load INTEGER, name VARCHAR, origin VARCHAR, definition VARCHAR, fingerprint VARCHAR, stat VARCHAR,
    finished BOOLEAN, done BIGINT, read BIGINT, accepted BIGINT, rejected BIGINT, duplicates BIGINT
);

-- What was set aside: the row's place in its file, the reason's code, and the row as it was.
CREATE TABLE IF NOT EXISTS rejects (load INTEGER, row BIGINT, code VARCHAR, content VARCHAR);
"""
