"""The command line of finance: python -m services.finance."""

from services.finance.app import create_app
from services.finance.settings import Settings
from shared.web.command_line import service_command

command = service_command(Settings, create_app)

if __name__ == "__main__":
    command()
