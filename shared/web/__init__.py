"""The web's conventions: how a service is put together, who may enter, how it answers, speaks and looks."""
