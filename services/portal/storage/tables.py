"""The tables of portal."""

from shared.storage.tables import service_metadata

metadata = service_metadata()
