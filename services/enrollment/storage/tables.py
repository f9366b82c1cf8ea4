"""The tables of enrollment."""

from shared.storage.tables import service_metadata

metadata = service_metadata()
