"""From the socket to Flask: uvicorn reads HTTP with h11, and a WSGI application answers in threads.

h11 and uvicorn parse HTTP, unmodified. This package adds what they lack: limits of time and bytes per client, a memory
limit for all clients together, admission by the expected wait, and error responses as problem documents.
"""
