"""What was found and done, as lines for people and as values for machines; a module for each kind of command."""
