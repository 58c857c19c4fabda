"""Tables as people have them: their formats, columns, labels and the answers written beside them.

Knows nothing of data sets, splits or models. Libraries of binary formats are imported only when such a file is read.
"""
