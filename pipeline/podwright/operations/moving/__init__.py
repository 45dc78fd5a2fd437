"""Moving a show: what is to be done at the old host, in order, and what has its server say where all went."""
