"""What a WSGI server loads: `granian --interface wsgi wsgi:app`."""

from lapak.app import create_app
from lapak.visits.adapters import keep_writing

app = create_app()
keep_writing(app)
