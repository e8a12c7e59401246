"""What the API takes and gives, word for word as documented."""
