"""Files that point to other files and to the network: every one must leave both alone."""

import struct

import hostile_ebml
import hostile_riff
from boxes import FTYP, box, film, full
from hostile_png_gif import gif, picture, png
from hostile_riff import chunk, stream, strh
from hostile_streams import asf, flv, flv_tag, packet, thing
from material import photo, u16, u32, video
from media import png_chunk

FAMILY = "pointing elsewhere"


def m3u8(place, head="#EXTM3U\n"):
    return f"{head}#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{place}\n#EXT-X-ENDLIST\n"


def playlist_of(word):
    return lambda rng, targets: m3u8(targets.places()[word]).encode()


def concat_of(word):
    return lambda rng, targets: f"ffconcat version 1.0\nfile '{targets.places()[word]}'\nduration 1\n".encode()


def each(line, before="", after="", coding="utf-8"):
    """A text with one line for every place there is."""
    def make(rng, targets):
        lines = "".join(line.replace("PLACE", place) for place in targets.places().values())
        return (before + lines + after).encode(coding)
    return make


def joined(*parts):
    """Bytes as they are, and texts made by `each` and its like, one after another."""
    return lambda rng, targets: b"".join(part if isinstance(part, bytes) else part(rng, targets) for part in parts)


PLAYLIST = each("#EXTINF:1,\nPLACE\n", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n", "#EXT-X-ENDLIST\n")
CONCAT = each("file 'PLACE'\n", "ffconcat version 1.0\n")


def alias(path, up, down):
    """What classic Mac OS wrote: volume, name, and the whole path as a record of kind 2 (and 18). The way there is
    `up` levels from the film and `down` names of the path; 0 and 0: the whole path."""
    name = path.name.encode()[:63]
    head = bytes(10) + bytes([4]) + b"Disk".ljust(27, b"\0") + bytes(12) + bytes([len(name)]) + name.ljust(63, b"\0")
    records = b"".join(u16(kind, len(text)) + text + b"\0" * (len(text) % 2) for kind, text in (
        (2, str(path).encode()), (0, path.parent.name.encode()), (18, str(path).encode())))
    return full(b"alis", head + bytes(16) + u16(up, down) + bytes(16) + records + u16(0xFFFF, 0))


def referring(refer):
    """A film whose pixels lie elsewhere: the first of the references that refer(targets) gives is its samples'."""
    def make(rng, targets):
        refs = refer(targets)
        return film(dinf=box(b"dinf", full(b"dref", u32(len(refs)), *refs)))
    return make


def addresses(kind):
    return referring(lambda targets: [full(kind, place.encode() + b"\0") for place in targets.places().values()])


def reference_movie(kind):
    """QuickTime's own redirection: a movie that is a list of other movies."""
    def make(rng, targets):
        found = b"".join(
            box(b"rmda", full(b"rdrf", kind, u32(len(place) + 1), place.encode() + b"\0"), full(b"rmqu", u32(1)))
            for place in targets.places().values())
        return FTYP.replace(b"isom", b"qt  ") + box(b"moov", box(b"rmra", found))
    return make


def subtitles_in_avi(text):
    """AVI files may hold a whole subtitle file (GAB2), which FFmpeg opens as a file of its own."""
    def make(rng, targets):
        data = b"GAB2\0\2\0" + struct.pack("<I", 2) + b"a\0" + b"\4\0" + struct.pack("<I", 1 << 16) + text(rng, targets)
        texts = stream(strh(b"txts", bytes(4)), chunk(b"strf"))
        return hostile_riff.film(streams=stream() + texts, frames=[chunk(b"01tx", data), chunk(b"00dc", photo())] * 4)
    return make


def linked_segments(rng, targets):
    """Matroska segments name their neighbours: by file name and by number."""
    e, names = hostile_ebml.element, [place.encode() for place in targets.places().values()]
    info = b"".join(e("3e83bb", name) + e("3c83ab", name) + e("7384", name) for name in names)
    info += e("3eb923", bytes(range(16))) + e("3cb923", bytes(range(16)))
    linked = e(hostile_ebml.CHAPTERS, e("45b9", e("b6", e("91", b"\0"), e("6e67", bytes(16)), e("6ebc", b"\1"))))
    return hostile_ebml.film(info=info, before=linked)


def attached(text, kind=b"application/vnd.apple.mpegurl"):
    def make(rng, targets):
        e = hostile_ebml.element
        return hostile_ebml.film(before=e(hostile_ebml.ATTACHMENTS, e("61a7", e("466e", b"a.m3u8"), e("4660", kind), e(
            "465c", text(rng, targets)), hostile_ebml.whole("46ae", 1))))
    return make


def scripted(rng, targets):
    """ASF script commands of kind URL: players opened them in a browser."""
    url = "".join(targets.places()["http"]).encode("utf-16-le")
    body = bytes(16) + struct.pack("<HH", 1, 1) + struct.pack("<H", 3) + "URL".encode("utf-16-le") + struct.pack(
        "<IHH", 0, 0, len(url) // 2) + url
    script = bytes.fromhex("301afb1e620bd011a39b00a0c90348f6") + struct.pack("<Q", len(body) + 24) + body
    return asf(script, thing("words", struct.pack("<5H", len(url), 0, 0, 0, 0) + url))(rng, targets)


def meta_of_flv(rng, targets):
    places = b"".join(u16(len(word)) + word.encode() + b"\2" + u16(len(place)) + place.encode()
                      for word, place in targets.places().items())
    return flv(flv_tag(18, b"\2\0\x0aonMetaData\x08\0\0\0\1" + places + b"\0\0\x09"))(rng, targets)


def in_packets(rng, targets):
    """A playlist whose lines stand where a transport stream has its sync bytes."""
    line = ("#" + "G" * 186 + "\n").encode()
    return b"G" + line[1:] + b"".join(b"G" + line[1:] for _ in range(4)) + PLAYLIST(rng, targets) + packet(0, b"")


ENTITY = ('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "PLACE"><!ENTITY % b SYSTEM "PLACE"> %b;]>'
          '<x xmlns:xlink="http://www.w3.org/1999/xlink">&a;</x>\n')
SDP = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\na=rtpmap:96 H264/90000\n"
FILES = {f"playlist, {word}.m3u8": playlist_of(word) for word in (
    "absolute", "file", "up", "concat", "subfile", "data", "http", "tcp", "udp", "rtmp", "rtsp", "unc")}
FILES |= {f"joined, {word}.mp4": concat_of(word) for word in (
    "absolute", "file colon", "sideways", "cache", "async", "crypto", "https", "ftp", "gopher", "mms", "rtp")}
FILES |= {
    # lists of all places
    "playlist.mp4": PLAYLIST,
    "playlist behind a mark.m3u8": joined(b"\xef\xbb\xbf", PLAYLIST),
    "playlist behind blanks.mp4": joined(b" \n\t\r\n" * 300, PLAYLIST),
    "playlist behind words.mp4": joined(b"# just a comment\n" * 300, PLAYLIST),
    "playlist in UTF-16.m3u8": each("#EXTINF:1,\nPLACE\n", "#EXTM3U\n", coding="utf-16"),
    "playlist in capitals.M3U": each("PLACE\n", "#extm3u8\n"),
    "playlist of keys.m3u8": each('#EXT-X-KEY:METHOD=AES-128,URI="PLACE"\n#EXT-X-MAP:URI="PLACE"\n#EXTINF:1,\nPLACE\n',
                                  "#EXTM3U\n"),
    "playlist of playlists.m3u8": each("#EXT-X-STREAM-INF:BANDWIDTH=1\nPLACE\n", "#EXTM3U\n"),
    "joined.ffconcat": CONCAT,
    "joined.mp4": CONCAT,
    "joined, no head.txt": each("file PLACE\noption safe 0\n"),
    "pieces.mpd": each("<BaseURL>PLACE</BaseURL>", '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011">'
                       "<Period><AdaptationSet><Representation>", "</Representation></AdaptationSet></Period></MPD>"),
    "session.sdp": lambda rng, targets: SDP.replace(" 9 ", f" {targets.udp} ").encode(),
    "session.mp4": joined(b"\n", lambda rng, targets: SDP.replace(" 9 ", f" {targets.udp} ").encode()),
    "show.asx": each('<entry><ref href="PLACE"/></entry>', "<asx version='3'>", "</asx>"),
    "real.ram": each("PLACE\n"),
    "real.rm": each("PLACE\n", ".RMF"),
    "list.pls": each("File1=PLACE\n", "[playlist]\n"),
    "show.smil": each('<video src="PLACE"/>', "<smil><body>", "</body></smil>"),
    "list.xspf": each("<location>PLACE</location>", "<?xml version='1.0'?><playlist>", "</playlist>"),
    "link.qtl": each('<embed src="PLACE" autoplay="true"/>\n', '<?xml version="1.0"?><?quicktime type="application/x-'
                     'quicktime-media-link"?>'),
    "link.mov": each("PLACE\r", "RTSPtext\r"),
    "redirect.asf": each("Ref1=PLACE\r\n", "[Reference]\r\n"),
    "redirect.wmv": each("PLACE\r\n", "ASF "),
    "drawing.svg": each('<image xlink:href="PLACE"/>', '<svg xmlns="http://www.w3.org/2000/svg">', "</svg>"),
    "drawing of entities.svg": each(ENTITY),
    "page.html": each('<video src="PLACE"></video>', "<html>"),
    "script.avs": each('DirectShowSource("PLACE")\n'),
    "script.vpy": each("core.lsmas.LWLibavSource('PLACE')\n", "import vapoursynth\n"),
    "cut list.edl": each("%PLACE%,0,1\n", "# mpv EDL v0\n"),
    "pictures.cue": each('FILE "PLACE" MP3\n'),
    "pictures.idx": each("# PLACE\nid: en, index: 0\n", "# VobSub index file, v7\n"),
    "texts.srt": each("1\n00:00:00,000 --> 00:00:01,000\n<img src='PLACE'>\n\n"),
    "texts.ass": each("Video File: PLACE\n", "[Script Info]\n"),
    "manifest.ism": each("<SmoothStreamingMedia><c Url='PLACE'/></SmoothStreamingMedia>"),
    "composition.xml": each("<Asset><Path>PLACE</Path></Asset>", "<AssetMap>", "</AssetMap>"),
    "shortcut.url": each("URL=PLACE\n", "[InternetShortcut]\n"),
    "words.ffmeta": each("title=PLACE\n", ";FFMETADATA1\n"),
    # media that refers
    "pixels elsewhere, url.mov": addresses(b"url "),
    "pixels elsewhere, urn.mov": addresses(b"urn "),
    "pixels elsewhere, alias.mov": referring(lambda targets: [alias(targets.canary, 0, 0)]),
    "pixels elsewhere, alias by steps.mov": referring(lambda targets: [alias(targets.canary, 2, 1)]),
    "movie of movies, url.mov": reference_movie(b"url "),
    "movie of movies, alis.mov": reference_movie(b"alis"),
    "subtitles are a playlist.avi": subtitles_in_avi(PLAYLIST),
    "subtitles are a list.avi": subtitles_in_avi(CONCAT),
    "subtitles are a session.avi": subtitles_in_avi(lambda rng, targets: SDP.encode()),
    "linked segments.mkv": linked_segments,
    "playlist attached.mkv": attached(PLAYLIST),
    "cover is a playlist.mkv": attached(PLAYLIST, b"image/jpeg"),
    "script commands.wmv": scripted,
    "addresses in words.flv": meta_of_flv,
    "addresses in words.png": lambda rng, targets: png(
        png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + each(ENTITY)(rng, targets))),
    "addresses in words.mp4": lambda rng, targets: film(
        in_moov=box(b"udta", full(b"xml ", each(ENTITY)(rng, targets)))),
    # two things at once
    "jpeg, then playlist.jpg": joined(photo(), PLAYLIST),
    "jpeg of a playlist.jpg": joined(b"\xff\xd8\xff\xfe\x20\0", PLAYLIST, photo()[2:]),
    "gif, then playlist.gif": joined(gif(picture(b"\0")), PLAYLIST),
    "gif head, playlist.gif": joined(b"GIF89a", PLAYLIST),
    "mp4 head, playlist.mp4": joined(FTYP, PLAYLIST),
    "mp4 box of a playlist.mp4": joined(b"#EXTmdat", PLAYLIST),
    "mp4, then list.mp4": lambda rng, targets: video("a.mp4") + CONCAT(rng, targets),
    "Matroska head, playlist.mkv": joined(hostile_ebml.head(), PLAYLIST),
    "playlist in packets.ts": in_packets,
    "packets, then playlist.ts": lambda rng, targets: video("a.ts") + PLAYLIST(rng, targets),
    "zip of a playlist.mp4": joined(b"PK\3\4", PLAYLIST),
    "sound, then playlist.mp3": joined(b"ID3\4\0\0\0\0\0\0", PLAYLIST),
}
