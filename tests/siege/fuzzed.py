"""Good files with seeded damage: flipped bits, cuts, pieces twice, pieces of two files in one."""

from material import small_videos

FAMILY = "damaged at random"


def flip(data, rng, other):
    """About one bit in two thousand, at least three; often among the first bytes, where the headers are."""
    data = bytearray(data)
    for _ in range(max(3, len(data) // 250)):
        place = rng.randrange(len(data) if rng.random() < 0.7 else min(600, len(data)))
        data[place] ^= 1 << rng.randrange(8)
    return bytes(data)


def chop(data, rng, other):
    """A piece is missing in the middle, and perhaps the end."""
    start = rng.randrange(len(data))
    return (data[:start] + data[start + rng.randrange(1, 2000):])[:rng.randrange(len(data) // 2, len(data) + 1)]


def splice(data, rng, other):
    """The start of one file and the end of another kind."""
    return data[:rng.randrange(16, len(data))] + other[rng.randrange(len(other)):]


def repeat(data, rng, other):
    """A piece stands there twenty times."""
    start = rng.randrange(len(data) - 8)
    stop = min(len(data), start + rng.randrange(8, 3000))
    return data[:stop] + data[start:stop] * 20 + data[stop:]


def large(data, rng, other):
    """Numbers of four bytes become the largest there are."""
    data = bytearray(data)
    for _ in range(4):
        place = rng.randrange(min(len(data) - 4, 2000))
        data[place:place + 4] = rng.choice((b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", bytes(4), b"\x80\0\0\0"))
    return bytes(data)


def spoilt(suffix, way):
    def make(rng, targets):
        files = small_videos()
        return way(files[suffix], rng, files[rng.choice(sorted(set(files) - {suffix}))])
    return make


KINDS = "mp4 mov mkv webm avi ts mpg flv wmv ogv gif apng png jpg webp avif".split()
FILES = {f"{way.__name__}.{suffix}": spoilt(suffix, way)
         for suffix in KINDS for way in (flip, chop, splice, repeat, large)}
