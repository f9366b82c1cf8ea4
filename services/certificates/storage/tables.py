"""The tables of certificates."""

from shared.storage.tables import service_metadata

metadata = service_metadata()
