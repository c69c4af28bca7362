"""What joins a program to a host: typed messages one way, calls the other."""

from __future__ import annotations

from .address import LinkAddress as LinkAddress
from .address import connect as connect
from .carrier import Carrier as Carrier
from .carrier import LinkClosed as LinkClosed
from .carrier import LocalCarrier as LocalCarrier
from .carrier import SocketCarrier as SocketCarrier
from .codec import Decoder as Decoder
from .codec import Encoder as Encoder
from .codec import LinkError as LinkError
