"""What tests in every file may ask for."""

import pytest
from browser import chromium


@pytest.fixture(scope="module")
def browser():
    """Headless Chromium, one for all tests of a file."""
    with chromium() as running:
        yield running
