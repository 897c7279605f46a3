"""A trained generator outside its run: folders that others can load, each with a card that says what it is."""
