"""The protocol's own terms: types and names on the wire, and errors."""
