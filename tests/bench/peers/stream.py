"""stream.py CHANNEL: decodes and prints every trade or delta, until the connection ends."""
import asyncio
import os
import sys

import msgpack
import wire


def levels(side):
    return [{"price": wire.human(price), "size": wire.human(size)} for price, size in side]


def trade(market_id, trade_id, timestamp, price, size, side):
    return {"type": "trade", "market_id": market_id, "trade_id": trade_id, "timestamp": timestamp,
            "price": wire.human(price), "size": wire.human(size), "side": side}


def delta(market_id, sequence, timestamp, bids, asks):
    return {"type": "delta", "market_id": market_id, "sequence": sequence, "timestamp": timestamp, "bids": levels(bids),
            "asks": levels(asks)}


known = {"trade": trade, "orderbook_delta": delta, "orderbook_snapshot": delta}


async def main():
    async with wire.connect(os.environ["OMENCTL_MARKET_DATA_URL"]) as socket:
        await socket.send(wire.pack(type="subscribe", channel=sys.argv[1]))
        async for message in socket:
            event = msgpack.unpackb(message)
            if event[0] in known:
                sys.stdout.write(wire.line(known[event[0]](*event[1:])))


asyncio.run(main())
