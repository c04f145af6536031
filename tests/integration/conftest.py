# SPDX-License-Identifier: BSD-2-Clause
import pytest

from glasshd_server import Keys


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    return Keys(tmp_path_factory.mktemp("keys"))
