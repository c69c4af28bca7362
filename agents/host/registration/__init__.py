"""How a domain comes to a host: found, checked, described."""
