"""Connections to addresses outside: the name is looked up once, checked, and that address is used.

A name that stands for several addresses must lead outside with all of them; so nobody can make the
service ask its own network by a name that changes its meaning between the check and the request.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl

from kb.errors import ZhikeError


class InsideOnly(ZhikeError):
    """The name leads to an address inside the own network: `address`."""

    def __init__(self, address: str) -> None:
        super().__init__(f"it leads to {address}, inside the own network")
        self.address = address


def address_of(host: str, port: int, *, private: bool = False) -> str:
    """The address to connect to; unless `private`, all that the name stands for must be public.

    Raises InsideOnly; OSError where the name cannot be looked up.
    """
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for address in found:
        if not private and not _public(address):
            raise InsideOnly(address)
    return found[0]


_NOT_PUBLIC = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "fec0::/10",  # of a site, by an older rule that systems still follow
        "64:ff9b::/96",  # these wrap an address of the older kind
        "64:ff9b:1::/48",
        "::/96",
        "::ffff:0:0:0/96",
    )
)


def _public(address: str) -> bool:
    """Whether an address is anybody's; one that wraps an address of the older kind is not."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and (
        found.ipv4_mapped
        or found.sixtofour
        or found.teredo
        or any(found in network for network in _NOT_PUBLIC)
    ):
        return False
    return found.is_global and not found.is_multicast


def connection(host: str, port: int, address: str, *, secure: bool, timeout: float) -> Connection:
    """A connection to `address`, for the server called `host`; not open yet."""
    kind = _Secure if secure else Connection
    return kind(host, port, address, timeout)


class Connection(http.client.HTTPConnection):
    """A connection to an address that was checked, whatever the name stands for by now."""

    def __init__(self, host: str, port: int, address: str, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._checked = address
        self._patience = timeout
        self._over = False

    def connect(self) -> None:
        """Open the socket; TimeoutError when it was cut meanwhile."""
        self._take(socket.create_connection((self._checked, self.port), self._patience))

    def cut(self) -> None:
        """End it from another thread, whatever it is doing; it cannot be opened any more."""
        self._over = True
        sock = self.sock
        if sock is not None:
            with contextlib.suppress(OSError):  # it has ended by itself
                sock.shutdown(socket.SHUT_RDWR)

    def _take(self, sock: socket.socket) -> None:
        self.sock = sock
        if self._over:  # set before the socket was there to be shut
            self.close()
            raise TimeoutError("its time was up")


class _Secure(Connection):
    """The same behind TLS, where the certificate must be the name's."""

    def connect(self) -> None:
        """Open the socket and shake hands; a cut ends that too."""
        super().connect()
        context = ssl.create_default_context()
        secure = context.wrap_socket(
            self.sock, server_hostname=self.host, do_handshake_on_connect=False
        )
        self._take(secure)
        secure.do_handshake()
