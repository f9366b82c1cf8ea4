"""The tables of finance."""

from shared.storage.tables import service_metadata

metadata = service_metadata()
