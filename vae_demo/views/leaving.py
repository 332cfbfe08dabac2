"""Whether the browser asks before a visit is left: it deletes the visitor's own clip and all that was measured on it.

Gradio ends a visit on `beforeunload` already, before anybody has answered. Listeners of the window are called in the
order they were added, so ours is added by the script that runs before everything else (language.py), and it stops the
event. A real leave ends the connection anyway, and the server deletes the visit then.
"""

from __future__ import annotations

# The line below the controls of either tab sets vdOwnClip once the server has a clip of the visitor's own.
GUARD = """
addEventListener("beforeunload", (event) => {
  if (!window.vdOwnClip) return;
  event.preventDefault();
  event.returnValue = true;
  event.stopImmediatePropagation();
});"""
