"""The run directory: its layout, its logs, reading it back."""
