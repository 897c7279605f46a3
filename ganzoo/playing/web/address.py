"""Where the page is served unless told otherwise; apart from the server, so that the command line's help needs none."""

PORT = 8484
