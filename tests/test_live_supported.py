"""How many workers a machine gets, and whether it gets any."""

import json

from in_node import in_node, needs_node

PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
IPAD = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15"
LAPTOP = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
MACHINES = [
    ({}, 1), ({"hardwareConcurrency": 1}, 1), ({"hardwareConcurrency": 2}, 1), ({"hardwareConcurrency": 4}, 3),
    ({"hardwareConcurrency": 64}, 4), ({"hardwareConcurrency": 8, "userAgent": PHONE}, 2),
    ({"hardwareConcurrency": 2, "userAgent": PHONE}, 1),
    ({"hardwareConcurrency": 8, "userAgent": IPAD, "maxTouchPoints": 5}, 2),
    ({"hardwareConcurrency": 8, "userAgent": IPAD, "maxTouchPoints": 0}, 4),
    ({"hardwareConcurrency": 8, "userAgent": LAPTOP, "userAgentData": {"mobile": True}}, 2),
    ({"hardwareConcurrency": 8, "userAgent": LAPTOP, "deviceMemory": 2}, 1)]


@needs_node
def test_a_core_stays_for_the_page_and_phones_are_spared():
    machines, workers = zip(*MACHINES, strict=True)
    told = json.loads(in_node("live_supported.js", json.dumps(machines), here="live/supported.js"))
    assert told == {"workers": list(workers), "supported": [True, False, False]}
