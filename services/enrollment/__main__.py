"""The command line of enrollment: python -m services.enrollment."""

from services.enrollment.app import create_app
from services.enrollment.settings import Settings
from shared.web.command_line import service_command

command = service_command(Settings, create_app)

if __name__ == "__main__":
    command()
