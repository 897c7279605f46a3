"""Playing with a trained generator: pictures of it, walks through it, the way back from an image."""
