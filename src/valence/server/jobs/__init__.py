"""Files scored in the background: parsed when they are submitted, scored in parts, written for download.

Not Huey, Celery or RQ: their worker is a separate process, which would load the model a second time into a small dyno's
memory, and an interrupted task is lost. Here the server scores files through the same queue as every other request, and
the database holds each part until its results are saved. Never imports Flask.
"""
