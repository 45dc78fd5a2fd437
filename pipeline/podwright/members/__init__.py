"""Members, who may hear what is not for everybody, and the server that gives it to them."""
