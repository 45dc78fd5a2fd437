"""Members, who may hear what is not for everybody, and the server that gives it to them.

No token is kept here, only its digest, and nothing here publishes.
"""
