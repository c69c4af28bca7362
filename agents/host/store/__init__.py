"""What is kept of what the programs did, and how much of it."""
