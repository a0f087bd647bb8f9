"""Which addresses the plugin may connect to. Rules only: nothing is looked up or opened here.

Integrations are written by people who may manage integrations, not by those who run the network.
So everything that is not plainly on the public internet is refused, unless the operator opened it.
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Self

from rc_integrations_plugin.errors import SettingsError

LOOPBACK = ("127.0.0.1", "::1")
_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
_METADATA_NAMES = frozenset(
    {
        "instance-data",
        "instance-data.ec2.internal",
        "metadata",
        "metadata.azure.internal",
        "metadata.goog",
        "metadata.google.internal",
    }
)

# From the registries of special-purpose addresses (RFC 6890) and of multicast; the first that fits
# gives the word. Python's own `is_private` and its relatives differ between its releases.
_KINDS = tuple(
    (ipaddress.ip_network(network), kind)
    for network, kind in {
        "100.100.100.200/32": "cloud metadata",  # Alibaba
        "168.63.129.16/32": "cloud metadata",  # Azure; the address is public otherwise
        "169.254.169.254/32": "cloud metadata",
        "169.254.170.0/24": "cloud metadata",  # tasks of ECS
        "192.0.0.192/32": "cloud metadata",  # Oracle
        "fd00:ec2::/32": "cloud metadata",
        "fd20:ce::254/128": "cloud metadata",  # Google
        "0.0.0.0/8": "unspecified",
        "10.0.0.0/8": "private",
        "100.64.0.0/10": "shared (CGNAT)",
        "127.0.0.0/8": "loopback",
        "169.254.0.0/16": "link-local",
        "172.16.0.0/12": "private",
        "192.0.0.0/24": "reserved",
        "192.0.2.0/24": "reserved",
        "192.88.99.0/24": "reserved",
        "192.168.0.0/16": "private",
        "198.18.0.0/15": "reserved",
        "198.51.100.0/24": "reserved",
        "203.0.113.0/24": "reserved",
        "224.0.0.0/4": "multicast",
        "240.0.0.0/4": "reserved",
        "::/128": "unspecified",
        "::1/128": "loopback",
        "::/96": "IPv4-compatible",
        "::ffff:0:0/96": "IPv4-mapped",
        "::ffff:0:0:0/96": "IPv4-translated",
        "64:ff9b::/96": "IPv4-translated",
        "64:ff9b:1::/48": "IPv4-translated",
        "2001::/32": "tunnelled (Teredo)",
        "2001::/23": "reserved",
        "2001:db8::/32": "reserved",
        "2002::/16": "tunnelled (6to4)",
        "3fff::/20": "reserved",
        "fc00::/7": "private",
        "fe80::/10": "link-local",
        "fec0::/10": "private",
        "ff00::/8": "multicast",
    }.items()
)
_PUBLIC_IPV6 = IPv6Network("2000::/3")
_LAST_32_BITS = tuple(
    IPv6Network(network)
    for network in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48")
)
_ISATAP = (0x00005EFE, 0x02005EFE)


@dataclass(frozen=True)
class AddressGuard:
    """What is refused, but for the networks and names that the operator opened."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    names: frozenset[str] = frozenset()
    """A leading `*.` stands for all names below."""

    @classmethod
    def from_entries(cls, entries: Iterable[str]) -> Self:
        """Return the guard that opens these CIDRs, addresses and host names.

        Raises:
            SettingsError: an entry is none of them.
        """
        networks, names = [], set()
        for entry in entries:
            network = _read_network(entry)
            if network is None:
                names.add(_read_name(entry))
            else:
                networks.append(network)
        return cls(tuple(networks), frozenset(names))

    def opens_name(self, host: str) -> bool:
        """Tell whether the operator opened this name, whatever its address is."""
        if not self.names:
            return False
        if host in self.names:
            return True
        labels = host.split(".")
        return any("*." + ".".join(labels[i:]) in self.names for i in range(1, len(labels)))

    def refusal_of_name(self, host: str) -> str | None:
        """Return why a host, as `read_target` gives it, may not be called, or None.

        None for a name says only that its addresses are to be asked about.
        """
        if self.opens_name(host):
            return None
        if host in _METADATA_NAMES:
            return "cloud metadata"
        if ":" in host or _NUMBER.fullmatch(host.rpartition(".")[2]):
            return self.refusal_of_address(host)
        return None

    def refusal_of_address(self, text: str) -> str | None:
        """Return what kind of address this is, if it may not be connected to, or None."""
        address, _, zone = text.partition("%")
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return "not in the usual spelling"
        if zone:
            return "link-local"
        inner = embedded_ipv4(parsed)
        if inner is not None and (kind := self._judge(inner)) is not None:
            return f"{kind} (IPv4 inside IPv6)"
        return self._judge(parsed)

    def _judge(self, address: IPv4Address | IPv6Address) -> str | None:
        # `in` is False between the two versions
        if any(address in network for network in self.networks):
            return None
        return kind_of(address)


def kind_of(address: IPv4Address | IPv6Address) -> str | None:
    """Return the word for an address that is not public, or None for a public one."""
    for network, kind in _KINDS:
        if address in network:
            return kind
    if isinstance(address, IPv6Address) and address not in _PUBLIC_IPV6:
        return "reserved"
    return None if address.is_global else "reserved"


def embedded_ipv4(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address to which a translator or tunnel would lead, or None."""
    if not isinstance(address, IPv6Address) or int(address) <= 1:
        return None
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    last = IPv4Address(int(address) & 0xFFFFFFFF)
    if any(address in network for network in _LAST_32_BITS):
        return last
    return last if (int(address) >> 32) & 0xFFFFFFFF in _ISATAP else None


def is_localhost(host: str) -> bool:
    """Tell whether a name means this machine (RFC 6761), whatever a name server says."""
    return host in {"localhost", "localhost.localdomain"} or host.endswith(".localhost")


def is_name(host: str) -> bool:
    """Tell whether this can be a host's name: lower case, and no number in place of an address."""
    return _NAME.fullmatch(host) is not None and not _NUMBER.fullmatch(host.rpartition(".")[2])


def _read_network(entry: str) -> IPv4Network | IPv6Network | None:
    try:
        return ipaddress.ip_network(entry)
    except ValueError as error:
        if "host bits" in str(error):
            raise SettingsError(
                f"RC_INTEGRATIONS_ALLOWED_NETWORKS: {entry} has bits set behind its prefix"
            ) from error
        return None


def _read_name(entry: str) -> str:
    plain = entry.removeprefix("*.").removesuffix(".").lower()
    try:
        name = plain if plain.isascii() else plain.encode("idna").decode()
    except UnicodeError:
        name = ""
    if not is_name(name):
        raise SettingsError(
            f"RC_INTEGRATIONS_ALLOWED_NETWORKS: {entry!r} is neither a network nor a host name"
        )
    return f"*.{name}" if entry.startswith("*.") else name
