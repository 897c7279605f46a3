"""From what the user says to a checked, replayable configuration."""
