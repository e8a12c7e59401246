"""What goes wrong, on purpose: each fault changes a script, and knows which cases that demands."""
