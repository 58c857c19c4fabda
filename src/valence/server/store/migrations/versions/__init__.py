"""One file for each step, numbered. A step that has been released is never changed."""
