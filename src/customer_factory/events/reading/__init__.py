"""Reading: files and tables of any kind become chunks of rows, with broken lines set aside."""

from customer_factory.events.reading.files import read
from customer_factory.events.reading.reading import Broken, Chunk, Reading
from customer_factory.events.reading.sql import read_sql
from customer_factory.events.reading.tables import read_table

__all__ = ["Broken", "Chunk", "Reading", "read", "read_sql", "read_table"]
