"""One module per screen: who may see it, what it reads, what it renders."""
