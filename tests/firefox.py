"""The system's Firefox without a window, driven by the protocol it listens to itself (Marionette): numbered commands as
JSON over a local socket, each answered. Playwright's channel for it asks for commands that an ESR does not have yet."""

import json
import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager

from served import free_port

# Debian's; one in a snap sees neither the profile nor the file.
PLACE = shutil.which(os.environ.get("FIREFOX_PATH", "firefox-esr"))
# What a fresh profile does by itself.
QUIET = {
    "app.normandy.enabled": False, "browser.shell.checkDefaultBrowser": False, "browser.aboutwelcome.enabled": False,
    "datareporting.policy.firstRunURL": "", "toolkit.telemetry.enabled": False, "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False,
    "browser.safebrowsing.update.enabled": False,
    # Pages and processes of its own that nobody looks at.
    "browser.startup.page": 0, "browser.startup.homepage": "about:blank", "browser.newtab.preload": False,
    "dom.ipc.processPrelaunch.enabled": False}
# In the browser itself, of pages and their workers: every address that is asked of any network.
WATCH = """
  asked = [];
  Services.obs.addObserver((channel) => {
    const {browsingContextID, workerAssociatedBrowsingContextID} = channel.QueryInterface(Ci.nsIChannel).loadInfo;
    if (browsingContextID || workerAssociatedBrowsingContextID) asked.push(channel.URI.spec);
  }, "http-on-opening-request");
"""


class Firefox:
    def __init__(self, port, alive):
        self._socket, self._number = connected(port, alive), 0
        self._answers = self._socket.makefile("rb")
        self._read()
        self("WebDriver:NewSession")
        self._inside(WATCH)

    def __call__(self, name, **parameters):
        """What a command gives."""
        self._number += 1
        said = json.dumps([0, self._number, name, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(said), said))
        _, number, error, found = self._read()
        assert number == self._number and error is None, (name, error)
        return found

    def _read(self):
        length = b""
        while (digit := self._answers.read(1)) != b":":
            assert digit, "Firefox has gone"
            length += digit
        return json.loads(self._answers.read(int(length)))

    def run(self, script, *arguments):
        """What a function body returns, in the page; of a promise what comes of it."""
        return self("WebDriver:ExecuteScript", script=script, args=arguments, sandbox=None)["value"]

    def asked(self):
        """Addresses of the network that pages have asked for."""
        return self._inside("return asked")

    def _inside(self, script):
        """The same in the browser itself; what a script sets without a word stays."""
        self("Marionette:SetContext", value="chrome")
        try:
            return self("WebDriver:ExecuteScript", script=script, args=[], sandbox="system", newSandbox=False)["value"]
        finally:
            self("Marionette:SetContext", value="content")

    def until(self, script, *arguments, seconds=60):
        """Waits until an expression of the page is true, and gives what it is."""
        end = time.monotonic() + seconds
        while not (found := self.run(f"return {script}", *arguments)):
            assert time.monotonic() < end, f"{script} did not become true"
            time.sleep(0.05)
        return found

    def close(self):
        self("Marionette:Quit", flags=["eForceQuit"])
        self._answers.close()
        self._socket.close()


def connected(port, alive):
    end = time.monotonic() + 60
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=120)
        except OSError:
            assert time.monotonic() < end and alive(), "Firefox does not listen"
            time.sleep(0.1)


@contextmanager
def firefox(folder):
    """A running Firefox with a profile of its own in that folder."""
    port, profile = free_port(), folder / "profile"
    profile.mkdir()
    told = {**QUIET, "marionette.port": port}
    (profile / "user.js").write_text(
        "".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in told.items()))
    running = subprocess.Popen([PLACE, "--headless", "--marionette", "--remote-allow-system-access", "--no-remote",
                                "--profile", profile],
                               env={**os.environ, "HOME": str(folder), "MOZ_CRASHREPORTER_DISABLE": "1"},
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        found = Firefox(port, lambda: running.poll() is None)
        yield found
        found.close()
        running.wait(30)
    finally:
        if running.poll() is None:
            running.kill()
            running.wait()
