"""1+4k Lab: runs causal video VAEs in chunks and measures what that does to a clip."""

# The one place for the project's version; every record says which one made it.
__version__ = "0.2.0"
