"""The command line: one verb a file. A verb parses, calls the API, prints. No logic."""
