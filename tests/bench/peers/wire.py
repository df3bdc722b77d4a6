"""What the Python peers share: omenctl's messages, with websockets (compression off) and msgpack's C extension."""
import json
import os

import msgpack
import websockets


def connect(url):
    return websockets.connect(url, compression=None, max_size=None)


def pack(**message):
    return msgpack.packb(message)


def scaled(amount):
    """A decimal as people write it, as an integer scaled by 1e18."""
    whole, _, rest = amount.partition(".")
    return str(int(whole + rest.ljust(18, "0")))


def human(amount):
    """The other way round."""
    digits = amount.rjust(19, "0")
    rest = digits[-18:].rstrip("0")
    return digits[:-18] + "." + rest if rest else digits[:-18]


def auth(number):
    return pack(type="auth", id=number, token=os.environ["OMENCTL_TOKEN"])


def order(number, client_order_id, market_id, side, size, price):
    return pack(type="order", id=number, client_order_id=client_order_id, market_id=market_id, side=side,
                order_type="limit", price=scaled(price), size=scaled(size), time_in_force="gtc", post_only=False,
                reduce_only=False)


def line(message):
    return json.dumps(message, separators=(",", ":")) + "\n"
