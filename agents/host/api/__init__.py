"""What a domain is written with; ``tapscope.agents.domains`` is its public face."""
