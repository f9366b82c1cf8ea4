"""The command line of courses: python -m services.courses."""

from services.courses.app import create_app
from services.courses.settings import Settings
from shared.web.command_line import service_command

command = service_command(Settings, create_app)

if __name__ == "__main__":
    command()
