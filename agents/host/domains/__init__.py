"""The domains that a host has built in."""
