"""batch.py FILE: sends the orders of an NDJSON file without waiting for answers, and prints each answer as it comes."""
import asyncio
import json
import os
import sys

import msgpack
import wire


async def send(socket, lines):
    await socket.send(wire.auth(1))
    for number, text in enumerate(lines, 2):
        one = json.loads(text)
        await socket.send(
            wire.order(number, one["client_order_id"], one["market_id"], one["side"], one["size"], one["price"]))


async def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        lines = file.readlines()
    async with wire.connect(os.environ["OMENCTL_GATEWAY_URL"]) as socket:
        sender = asyncio.create_task(send(socket, lines))
        for _ in range(len(lines) + 1):
            answer = msgpack.unpackb(await socket.recv())
            if answer["type"] == "order_accepted":
                sys.stdout.write(wire.line(answer))
        await sender


asyncio.run(main())
