"""Intake: one chunk of rows becomes events, in one transaction.

The steps, in order: map the columns, find the reason to set a row aside, number the ids, tell copies from new
events, insert, join identities. Reading the list is reading the policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from customer_factory.events.identity import NOBODY
from customer_factory.events.reading import Chunk
from customer_factory.events.reasons import LONGEST_PERSON
from customer_factory.warehouse.columns import literal, plain
from customer_factory.warehouse.mapping import Mapping

FUTURE = timedelta(days=1)
"""Clocks differ and zones are mistaken; what lies further ahead than this is an error."""
LONGEST_REJECT = 10_000
"""So much is kept of a row that is set aside."""
LARGEST = 1e15
"""No amount of money is larger; sums of numbers up to the largest that there is would overflow."""


@dataclass(frozen=True)
class Counts:
    """What became of rows: read = accepted + rejected + duplicates."""

    read: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0

    def __add__(self, other: Counts) -> Counts:
        """The rows of both."""
        return Counts(
            self.read + other.read,
            self.accepted + other.accepted,
            self.rejected + other.rejected,
            self.duplicates + other.duplicates,
        )


def identity_hash(person: str, *, placed: bool) -> str:
    """The SQL of an event's id: its own where it has one, else its content and its place among equal rows."""
    place = "CASE WHEN place > 1 THEN '#' || place ELSE '' END" if placed else "''"
    parts = ["event", "epoch_us(time)::VARCHAR", "channel", "amount::VARCHAR", "currency", "properties::VARCHAR"]
    content = " || '|' || ".join([person, *(f"coalesce({part}, '∅')" for part in parts)])
    return f"CASE WHEN event_id IS NOT NULL THEN hash(event || '|' || event_id) ELSE hash({content} || {place}) END"


def stage(connection: Any, chunk: Chunk, columns: Mapping, now: datetime) -> None:
    """Map a chunk's rows and give each the reason, if any, for which it is set aside (table ``staged``)."""
    connection.register("incoming", plain(chunk.table).append_column("row", [chunk.rows]))
    latest = literal(str(now + FUTURE))
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE staged AS
        WITH mapped AS (
            SELECT row, coalesce({columns.person}, {columns.anonymous_id}) AS person,
                   {columns.anonymous_id} AS anonymous_id, {columns.previous_id} AS previous_id,
                   {columns.person} IS NOT NULL AS known, {columns.event} AS event, {columns.time} AS time,
                   {columns.time_given} AS time_given, {columns.channel} AS channel, {columns.amount} AS amount,
                   {columns.amount_given} AS amount_given, {columns.currency} AS currency,
                   {columns.event_id} AS event_id, {columns.properties} AS properties
            FROM incoming
        )
        SELECT * EXCLUDE (time_given, amount_given), 1 AS place, {identity_hash("person", placed=False)} AS id, CASE
            WHEN person IS NULL THEN 'missing_person'
            WHEN length(person) > {LONGEST_PERSON} THEN 'person_too_long'
            WHEN event IS NULL THEN 'missing_event'
            WHEN NOT time_given THEN 'missing_time'
            WHEN time IS NULL OR NOT isfinite(time) THEN 'unreadable_time'
            WHEN time < TIMESTAMP '1970-01-05' THEN 'time_before_1970'
            WHEN time > TIMESTAMP {latest} THEN 'future_time'
            WHEN amount_given AND (amount IS NULL OR NOT abs(amount) <= {LARGEST}) THEN 'bad_amount'
            END AS reason
        FROM mapped""")


def tell_equal_rows_apart(connection: Any, *, many_chunks: bool) -> None:
    """Number rows of the same content, within the chunk and after those of the chunks before, and set the ids."""
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE repeated AS
        SELECT id FROM staged WHERE reason IS NULL AND event_id IS NULL GROUP BY id HAVING count(*) > 1""")
    if _any(connection, "SELECT 1 FROM repeated LIMIT 1"):
        connection.execute("""
            UPDATE staged SET place = numbered.place
            FROM (SELECT row, row_number() OVER (PARTITION BY id ORDER BY row) AS place
                  FROM staged
                  WHERE reason IS NULL AND event_id IS NULL AND id IN (SELECT id FROM repeated)) AS numbered
            WHERE staged.row = numbered.row""")
    if many_chunks:
        connection.execute("CREATE TEMP TABLE IF NOT EXISTS seen (id UBIGINT)")
        connection.execute("""
            CREATE OR REPLACE TEMP TABLE before AS
            SELECT id, count(*) AS times FROM seen SEMI JOIN staged USING (id) GROUP BY id""")
        connection.execute("""
            INSERT INTO seen SELECT id FROM staged WHERE reason IS NULL AND event_id IS NULL""")
        if _any(connection, "SELECT 1 FROM before LIMIT 1"):
            connection.execute("""
                UPDATE staged SET place = place + before.times FROM before
                WHERE staged.id = before.id AND reason IS NULL AND event_id IS NULL""")
    connection.execute(f"UPDATE staged SET id = {identity_hash('person', placed=True)} WHERE place > 1")


def drop_copies(connection: Any) -> None:
    """Mark the rows whose event the log, or an earlier row of the chunk, has already."""
    connection.execute("""
        UPDATE staged SET reason = 'duplicate' WHERE reason IS NULL
        AND id IN (SELECT id FROM events SEMI JOIN staged USING (id))""")
    connection.execute("""
        UPDATE staged SET reason = 'duplicate' FROM
            (SELECT id, min(row) AS first FROM staged WHERE event_id IS NOT NULL AND reason IS NULL
             GROUP BY id HAVING count(*) > 1) AS again
        WHERE staged.id = again.id AND staged.row <> again.first AND reason IS NULL""")


def insert(connection: Any, load: int, columns: Mapping, *, traced: bool) -> None:
    """New ids into people, new events into the log, both under the numbers of their ids.

    Where nothing has been traced yet, nobody needs to be remembered as touched.
    """
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE names AS
        SELECT name, bool_or(known) AS known FROM (
            SELECT person AS name, known FROM staged WHERE reason IS NULL OR reason = 'duplicate'
            UNION ALL SELECT anonymous_id, false FROM staged WHERE reason IS NULL AND {_is_somebody("anonymous_id")}
            UNION ALL SELECT previous_id, false FROM staged WHERE reason IS NULL AND {_is_somebody("previous_id")}
        ) GROUP BY name""")
    # People are many more than the names of a chunk: they are looked through once.
    connection.execute("CREATE OR REPLACE TEMP TABLE met AS FROM people SEMI JOIN names USING (name)")
    connection.execute("""
        INSERT INTO met
        SELECT top + row_number() OVER (), name, top + row_number() OVER (), NULL
        FROM names ANTI JOIN met USING (name), (SELECT coalesce(max(number), 0) AS top FROM people)""")
    connection.execute(
        "INSERT INTO people SELECT number, name, person, names.known FROM met JOIN names USING (name) "
        "WHERE met.known IS NULL"
    )
    if _any(connection, "SELECT 1 FROM met JOIN names USING (name) WHERE names.known AND NOT met.known LIMIT 1"):
        connection.execute("""
            UPDATE people SET known = true FROM names
            WHERE people.name = names.name AND names.known AND NOT people.known""")
    connection.execute(f"""
        INSERT INTO events
        SELECT id, number, event, time, channel, amount, currency, properties, event_id, place, {load}
        FROM staged JOIN met ON met.name = staged.person WHERE reason IS NULL""")
    if traced:
        connection.execute("""
        INSERT INTO touched
        SELECT DISTINCT met.person FROM staged JOIN met ON met.name = staged.person WHERE reason IS NULL""")
    connection.execute(
        "INSERT INTO properties SELECT name FROM unnest(?) AS found(name) ANTI JOIN properties USING (name)",
        [list(columns.property_names)],
    )


def join_identities(connection: Any, columns: Mapping) -> None:
    """Let every two ids that a row of the chunk links stand for one person, with all that either is linked to."""
    if not columns.links:
        return
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE linked AS
        SELECT DISTINCT least(one.person, other.person) AS one, greatest(one.person, other.person) AS other
        FROM (
            SELECT person, anonymous_id AS id FROM staged WHERE reason IS NULL OR reason = 'duplicate'
            UNION SELECT person, previous_id FROM staged WHERE reason IS NULL OR reason = 'duplicate'
        ) AS pair
        JOIN people AS one ON one.name = pair.person JOIN people AS other ON other.name = pair.id
        WHERE one.person <> other.person
          AND {_is_somebody("pair.person")} AND {_is_somebody("pair.id")}""")
    links = connection.execute("SELECT one, other FROM linked").fetchnumpy()
    if not len(links["one"]):
        return
    persons, standing = _components(links["one"], links["other"])
    connection.register("joined", _table(persons, standing))
    connection.execute("INSERT INTO touched SELECT person FROM joined UNION SELECT standing FROM joined")
    connection.execute("""
        UPDATE people SET person = joined.standing FROM joined
        WHERE people.person = joined.person AND joined.person <> joined.standing""")
    connection.unregister("joined")


def _is_somebody(column: str) -> str:
    """Whether an id can be somebody's own, as SQL."""
    nobody = ", ".join(literal(name) for name in sorted(NOBODY))
    return f"({column} IS NOT NULL AND lower(trim({column})) NOT IN ({nobody}))"


def _components(one: Any, other: Any) -> tuple[Any, Any]:
    """Each linked number, and the smallest that it is linked to directly or through others."""
    import numpy as np
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    numbers, places = np.unique(np.concatenate([one, other]), return_inverse=True)
    first, second = places[: len(one)], places[len(one) :]
    graph = coo_array((np.ones(len(one), dtype=np.int8), (first, second)), shape=(len(numbers), len(numbers)))
    _, label = connected_components(graph, directed=False)
    smallest = np.full(label.max() + 1, np.iinfo(np.int64).max)
    np.minimum.at(smallest, label, numbers)
    return numbers, smallest[label]


def _table(persons: Any, standing: Any) -> Any:
    import pyarrow as pa

    return pa.table({"person": pa.array(persons, pa.int32()), "standing": pa.array(standing, pa.int32())})


def set_aside(connection: Any, load: int, chunk: Chunk, columns: Mapping) -> None:
    """Keep what was rejected, as it was, with the reason."""
    connection.execute(f"""
        INSERT INTO rejects
        SELECT {load}, row, reason, left({columns.row}, {LONGEST_REJECT})
        FROM staged JOIN incoming USING (row) WHERE reason IS NOT NULL AND reason <> 'duplicate'""")
    if chunk.broken:
        connection.register("broken", _lines(chunk))
        connection.execute(f"INSERT INTO rejects SELECT {load}, row, code, content FROM broken")
        connection.unregister("broken")


def _lines(chunk: Chunk) -> Any:
    import pyarrow as pa

    lines = chunk.broken
    columns = {"row": [line.row for line in lines], "code": [line.code for line in lines]}
    return pa.table({**columns, "content": [line.text for line in lines]})


def count(connection: Any, chunk: Chunk) -> Counts:
    """What became of the chunk's rows, broken lines included."""
    ((accepted, duplicates, rejected),) = connection.execute("""
        SELECT count(*) FILTER (reason IS NULL), count(*) FILTER (reason = 'duplicate'),
               count(*) FILTER (reason IS NOT NULL AND reason <> 'duplicate') FROM staged""").fetchall()
    broken = len(chunk.broken)
    return Counts(accepted + duplicates + rejected + broken, accepted, rejected + broken, duplicates)


def wider(connection: Any, span: tuple[datetime, datetime]) -> tuple[datetime, datetime]:
    """A span of time that takes in the new events of the chunk."""
    ((first, last),) = connection.execute("SELECT min(time), max(time) FROM staged WHERE reason IS NULL").fetchall()
    return span if first is None else (min(span[0], first), max(span[1], last))


def _any(connection: Any, query: str) -> bool:
    return bool(connection.execute(query).fetchall())
