# SPDX-License-Identifier: BSD-2-Clause
"""Which tests run at the same time. script/test runs those marked `alone` by themselves, one after the other: they
measure time or memory, or count what the machine does. The others wait rather than compute, and run several at a time
(pytest-xdist, --dist loadgroup): those of a file together, for the servers and users that they share, unless the file
is marked `apart`."""
import os

import pytest


def pytest_configure(config):
    os.umask(0o022)  # other users have to read what tests write, whoever starts them
    config.addinivalue_line("markers", "alone: nothing else runs meanwhile")
    config.addinivalue_line("markers", "apart: its tests run wherever there is room")


def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("apart") is None:
            item.add_marker(pytest.mark.xdist_group(item.location[0]))
    items.sort(key=lambda item: item.get_closest_marker("apart") is not None)  # small ones last, where there is room
