"""What is run by hand to keep the repository up to date."""
