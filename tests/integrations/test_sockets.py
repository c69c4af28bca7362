"""What is seen of a connection that does not come about."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from tests.integrations.recording import Recording


@pytest.mark.parametrize("address", [None, 5, "a path", (), ("127.0.0.1",), ["127.0.0.1", 1]])
def test_a_wrong_address_is_refused_as_it_is_without_us(address: Any, recorded: Recording) -> None:
    bare = vars(socket.socket)["connect"].__wrapped__
    with socket.socket() as sock:
        with pytest.raises(TypeError) as expected:
            bare(sock, address)
        with pytest.raises(TypeError) as caught:
            sock.connect(address)
    assert str(caught.value) == str(expected.value)
    assert caught.value.__context__ is None
    assert not recorded
