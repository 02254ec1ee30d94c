"""The factory as a model: what a goal asks of it, and what it will make."""
