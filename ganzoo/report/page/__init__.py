"""Pages: one HTML file that holds everything it shows, opens from disk, and asks no network for anything."""
