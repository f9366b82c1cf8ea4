"""The rules of teaching: stages, attendance, hours, withdrawal and completion."""
