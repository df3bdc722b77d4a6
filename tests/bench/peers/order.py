"""One order: connect, auth and order together, print the answer."""
import asyncio
import os
import uuid

import msgpack
import wire


async def main():
    async with wire.connect(os.environ["OMENCTL_GATEWAY_URL"]) as socket:
        await socket.send(wire.auth(1))
        await socket.send(wire.order(2, str(uuid.uuid4()), 1, "buy", "0.5", "3499.95"))
        await socket.recv()
        answer = msgpack.unpackb(await socket.recv())
        print(wire.line(answer), end="", flush=True)
        os._exit(answer["type"] != "order_accepted")  # without waiting for the closing handshake, as omenctl does


asyncio.run(main())
