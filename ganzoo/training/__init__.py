"""The adversarial loop: `loop.py` reads top to bottom, `step.py` is one turn of it."""
