"""The stories that cross domains, each one file, and `reactions`: which fact leads to which job."""
