"""One file per resource of the API: its calls, thin, over the domains' operations and queries."""
