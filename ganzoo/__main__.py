"""`python -m ganzoo`."""

from ganzoo.cli.app import main

if __name__ == "__main__":
    main()
