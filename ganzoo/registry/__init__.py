"""How plugins are found: hook specifications, typed specs, the manager that loads, the catalogue that answers."""
