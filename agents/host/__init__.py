"""The host: records what linked programs tell, and serves it to front ends."""
