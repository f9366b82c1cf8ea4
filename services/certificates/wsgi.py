"""What gunicorn serves: the service with its settings from the environment."""

from services.certificates.app import create_app
from services.certificates.settings import Settings

app = create_app(Settings.from_environment())
