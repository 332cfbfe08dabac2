"""One module per step; each has a function that makes its Lesson from the saved results."""
