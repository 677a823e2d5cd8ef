"""End together with the process that started us, however it ended: its end of our stdin closes."""

import os
import sys
import threading
from collections.abc import Callable


def on_end(act: Callable[[], object]) -> None:
    """Call `act` on another thread once stdin has ended."""

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        act()

    threading.Thread(target=wait, name="parent", daemon=True).start()
