"""Transport streams put together packet by packet."""

from itertools import zip_longest

from media import barcode_frames, encode

PACKET = 188


def crc(data):
    """CRC-32 of MPEG-2 (ISO/IEC 13818-1, annex A)."""
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value >> 31 else 0)) & 0xFFFFFFFF
    return value.to_bytes(4, "big")


def programme_table(programmes):
    """A packet with the PAT of {number: PID of its map}."""
    entries = b"".join(number.to_bytes(2, "big") + (0xE000 | pid).to_bytes(2, "big")
                       for number, pid in programmes.items())
    section = b"\0" + (0xB000 | len(entries) + 9).to_bytes(2, "big") + b"\0\1\xc1\0\0" + entries
    return (b"\x47\x40\0\x10\0" + section + crc(section)).ljust(PACKET, b"\xff")


def two_programmes(name, small=(48, 64), small_first=False):
    """Two programmes of one picture each, packets by turns; the numbered frames are in the larger one."""
    def make(folder):
        frames = [barcode_frames(12), barcode_frames(12, *small, offset=100)]
        streams = []
        for i, pictures in enumerate(frames[::-1 if small_first else 1]):
            places = {"mpegts_start_pid": str(0x100 + 0x20 * i), "mpegts_pmt_start_pid": str(0x1000 + i),
                      "mpegts_service_id": str(i + 1)}
            data = encode(folder / f"{i}.ts", pictures, "mpeg2video", muxer=places).read_bytes()
            packets = [data[at:at + PACKET] for at in range(0, len(data), PACKET)]
            streams.append([packet for packet in packets if (packet[1] & 0x1F, packet[2]) not in ((0, 0), (0, 0x11))])
        mixed = [packet for pair in zip_longest(*streams) for packet in pair if packet]
        table = programme_table({1: 0x1000, 2: 0x1001})
        (folder / name).write_bytes(b"".join(
            table + packet if i % 20 == 0 else packet for i, packet in enumerate(mixed)))
        return folder / name
    return make
