"""Front ends, as the host meets them: commands in, answers and events out."""
