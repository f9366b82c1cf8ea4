"""The model city: synthetic schools and people, and the history of its trainings played through the real doors."""
