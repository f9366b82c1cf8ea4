"""The tables of courses."""

from shared.storage.tables import service_metadata

metadata = service_metadata()
