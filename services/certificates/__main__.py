"""The command line of certificates: python -m services.certificates."""

from services.certificates.app import create_app
from services.certificates.settings import Settings
from shared.web.command_line import service_command

command = service_command(Settings, create_app)

if __name__ == "__main__":
    command()
