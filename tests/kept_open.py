"""What takes long to open and serves many files: opened once, closed when a file comes that has no use for it."""

from contextlib import ExitStack


class KeptOpen:
    """At most one thing by each name."""

    def __init__(self):
        self._open = {}

    def get(self, name, key, opened):
        """What `opened(key)` gave, a context manager, while the last that asked for `name` had the same key."""
        if name in self._open and self._open[name][0] != key:
            self.close(name)
        if name not in self._open:
            with ExitStack() as leaving:
                found = leaving.enter_context(opened(key))
                self._open[name] = key, found, leaving.pop_all()
        return self._open[name][1]

    def close(self, name):
        if name in self._open:
            self._open.pop(name)[2].close()

    def close_all(self):
        for name in reversed([*self._open]):
            self.close(name)
