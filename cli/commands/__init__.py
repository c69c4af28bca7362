"""One module a subcommand, each with a ``main`` that gives the exit code."""
