"""From the socket to Flask: uvicorn reads HTTP with h11, and a WSGI application answers in threads.

HTTP itself is h11's and uvicorn's, unmodified. What they lack is here: limits of time and of bytes for each client, a
limit of memory for all clients together, admission by the expected wait, and answers that say what is wrong.
"""
