"""What `callboard replay` is made of: sources (files), the game (playing one), the answer, and sending."""
