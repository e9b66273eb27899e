"""Open a recurrent network and watch it think: an engine, a player and a course."""
