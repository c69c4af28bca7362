"""The job queue in Chrome DevTools: the domain ``Queue``."""
