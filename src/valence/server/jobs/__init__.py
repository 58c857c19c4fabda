"""Files scored in the background: read when they come, scored part by part, written out for download.

Why not Huey, Celery or RQ: their worker is a process of its own, which would load the model a second time into a small
dyno's memory, and a task that is interrupted is lost. Here the serving process scores a file through the same queue as
every other call, and the database holds every part until it is saved.
"""
