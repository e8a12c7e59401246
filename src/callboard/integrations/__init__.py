"""One self-contained folder per outside system. Each fills ports that domains declare; none knows another."""
