"""The command line of portal: python -m services.portal."""

from services.portal.app import create_app
from services.portal.settings import Settings
from shared.web.command_line import service_command

command = service_command(Settings, create_app)

if __name__ == "__main__":
    command()
