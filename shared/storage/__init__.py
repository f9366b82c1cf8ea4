"""One database per service: engine, unit of work, common tables and migrations."""
