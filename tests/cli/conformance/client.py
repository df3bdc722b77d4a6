"""The client against exchanges that keep to the rules in unusual ways, and against those that do not."""

from wire import *

PONG_EVENT = pack(["pong", 1, 1])
PING_COMMAND = ["call", "market-data", '{"type":"ping","id":1}', "--timeout", "5s"]


def heard_to_end(connection):
    """The frames of the client from here on, as (opcode, payload)."""
    return [(first & 0x0F, payload) for first, payload in connection.frames_to_end()]


def run_against(serve, *command):
    with Server(rest) as http, Server(serve) as peer:
        return Run(environment((http.port, peer.port, peer.port)), *command)


def expect(run, statuses, words=""):
    if run.status not in statuses or words not in run.stderr or run.seconds > 20 * PATIENCE:
        return f"{run!r}, expected {statuses} {words}"
    return None


# ---- the answer to the upgrade


def upgrade(answer, statuses, words=""):
    """`answer(request)` is sent, in parts of a list; what is not accepted is not talked to."""
    said = []

    def serve(connection):
        parts = answer(connection.take_head())
        for part in parts if isinstance(parts, list) else [parts]:
            connection.send(part)
            if isinstance(parts, list):
                time.sleep(0.001)
        if 0 in statuses:
            upgraded_gateway(connection)
        else:
            said.append(connection.take(1))

    def upgraded_gateway(connection):
        gateway(connection)

    run = run_against(serve, "account", "--timeout", "5s")
    return expect(run, statuses, words) or (f"the client said {said}" if said else None)


def with_fields(*more, **options):
    return lambda request: upgrade_answer(request, *more, **options)


def bytewise(request):
    return [bytes([byte]) for byte in upgrade_answer(request)]


UPGRADES = {
    "plain": (with_fields(), {0}),
    "in single bytes": (bytewise, {0}),
    "100 before it": (lambda r: b"HTTP/1.1 100 Continue\r\n\r\n" + upgrade_answer(r), {0}),
    "102 and 103 before it, cut anywhere": (
        lambda r: [b"HTTP/1.1 102 Processing\r\n\r", b"\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + upgrade_answer(r)],
        {0},
    ),
    "without end of 100s": (lambda _: b"HTTP/1.1 100 Continue\r\n\r\n" * 20000, {11}),
    "a head of 64 KB": (with_fields(*(f"X-{n}: {'x' * 1000}" for n in range(63))), {0}),
    "one field of 60 KB": (with_fields("X: " + "x" * 60000), {0}),
    "a head of a megabyte": (with_fields("X: " + "x" * (1 << 20)), {11}),
    "Connection in two fields": (with_fields("Connection: Upgrade", connection="Connection: keep-alive"), {0}),
    "Connection as a list": (with_fields(connection="Connection: keep-alive, upgrade"), {0}),
    "names in other cases": (with_fields(connection="CONNECTION:uPGRADE"), {0}),
    "blanks around a value": (with_fields(connection="Connection: \t Upgrade \t "), {0}),
    "an empty reason": (with_fields(status="HTTP/1.1 101 "), {0}),
    "an unknown field": (with_fields("Server: x", "X-Y: " + "\xe9"), {0}),
    "an extension": (with_fields("Sec-WebSocket-Extensions: permessage-deflate"), {11}, "permessage-deflate"),
    "an extension of another name": (with_fields("sec-websocket-extensions: x-y; z=1"), {11}, "x-y"),
    "a subprotocol": (with_fields("Sec-WebSocket-Protocol: chat"), {11}, "chat"),
    "no Upgrade": (lambda r: upgrade_answer(r).replace(b"Upgrade: websocket\r\n", b""), {11}),
    "Upgrade to something else": (lambda r: upgrade_answer(r).replace(b"Upgrade: websocket", b"Upgrade: h2c"), {11}),
    "no Connection": (lambda r: upgrade_answer(r, connection="X: y"), {11}),
    "Connection that says nothing of it": (with_fields(connection="Connection: close"), {11}),
    "no Sec-WebSocket-Accept": (lambda r: upgrade_answer(r).replace(b"Sec-WebSocket-Accept", b"X"), {11}),
    "two Sec-WebSocket-Accepts": (with_fields("Sec-WebSocket-Accept: x"), {11}),
    "another key's Sec-WebSocket-Accept": (lambda r: upgrade_answer("x\r\nSec-WebSocket-Key: x\r\n"), {11}),
    "HTTP/1.0": (with_fields(status="HTTP/1.0 101 Switching Protocols"), {11}),
    "HTTP/2": (with_fields(status="HTTP/2 101 Switching Protocols"), {11}),
    "a field without a colon": (with_fields("nonsense"), {11}),
    "a blank before a colon": (with_fields("X : y"), {11}),
    "a field that goes on in a second line": (with_fields("X: y", " z"), {11}),
    "200": (lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", {11}),
    "204": (lambda _: b"HTTP/1.1 204 No Content\r\n\r\n", {11}),
    "408": (lambda _: b"HTTP/1.1 408 Request Timeout\r\n\r\n", {10}),
    "503": (lambda _: b"HTTP/1.1 503 Service Unavailable\r\n\r\n", {10}),
    "no HTTP": (lambda _: b"\x15\x03\x01\x00\x02\x02\x28\r\n\r\n", {11}),
}
for name, (answer, statuses, *words) in UPGRADES.items():
    case(f"upgrade: {name}", upgrade, answer, statuses, *words)


def frames_behind_the_upgrade():
    def serve(connection):
        connection.send(upgrade_answer(connection.take_head()) + frame(PING, b"early") + frame(BINARY, pack({"type": "news"})))
        gateway(connection)

    return expect(run_against(serve, "account"), {0})


case("upgrade: frames in the same segment", frames_behind_the_upgrade)


def request_line():
    seen = []

    def serve(connection):
        seen.append(connection.take_head())
        connection.send(upgrade_answer(seen[0]))
        gateway(connection)

    run_against(serve, "account")
    head = fields(seen[0])
    wrong = [
        not seen[0].startswith("GET / HTTP/1.1\r\n"), head.get("upgrade", "").lower() != "websocket", "upgrade" not in head["connection"].lower(),
        head["sec-websocket-version"] != "13", len(base64.b64decode(head["sec-websocket-key"])) != 16, "host" not in head,
        "sec-websocket-extensions" in head, "origin" in head,
    ]  # fmt: skip
    return f"{seen[0]!r}" if any(wrong) else None


case("upgrade: the request", request_line)


# ---- frames


def feed_says(data, statuses, words=""):
    """The answer to a ping of the feed."""

    def script(connection):
        connection.take_frame()
        for part in data if isinstance(data, list) else [data]:
            connection.send(part)
            time.sleep(0.001)
        heard_to_end(connection)

    return expect(run_against(upgraded(script), *PING_COMMAND), statuses, words)


def cut(payload, *sizes):
    """The payload in fragments of these sizes; the rest is the last."""
    frames, opcode = [], BINARY
    for size in sizes:
        frames.append(frame(opcode, payload[:size], last=False))
        payload, opcode = payload[size:], 0
    return [*frames, frame(opcode, payload)]


whole = frame(BINARY, PONG_EVENT)
big = pack(["pong", 1, 1, "x" * 70000])
huge = pack(["pong", 1, 1, "x" * (8 << 20)])
VIOLATION = {10, 11}
FRAMES = {
    "in one": (whole, {0}),
    "in single bytes": ([bytes([byte]) for byte in whole], {0}),
    "in two fragments": (b"".join(cut(PONG_EVENT, 3)), {0}),
    "in fragments of one byte": (b"".join(cut(PONG_EVENT, *[1] * 10)), {0}),
    "with empty fragments": (b"".join(cut(PONG_EVENT, 0, 0, 2, 0)), {0}),
    "with a ping between fragments": (frame(PING, b"x").join(cut(PONG_EVENT, 2, 2)), {0}),
    "with a pong between fragments": (frame(PONG, b"x").join(cut(PONG_EVENT, 2, 2)), {0}),
    "of 70,000 bytes": (frame(BINARY, big), {0}),
    "of 70,000 bytes in fragments": (b"".join(cut(big, 1, 126, 65536)), {0}),
    "of 8 MB": (frame(BINARY, huge), {0}),
    "of 8 MB in fragments": (b"".join(cut(huge, *[65535] * 100)), {0}),
    "behind a pong that nobody asked for": (frame(PONG, b"hello") + whole, {0}),
    "behind 1000 empty pings": (frame(PING) * 1000 + whole, {0}),
    "as text": (frame(TEXT, b"hello"), VIOLATION),
    "reserved bit 1": (frame(BINARY, PONG_EVENT, reserved=4), VIOLATION, "protocol"),
    "reserved bit 2": (frame(BINARY, PONG_EVENT, reserved=2), VIOLATION, "protocol"),
    "reserved bit 3": (frame(BINARY, PONG_EVENT, reserved=1), VIOLATION, "protocol"),
    "a reserved bit of a ping": (frame(PING, b"", reserved=4), VIOLATION, "protocol"),
    **{f"opcode {opcode}": (frame(opcode, PONG_EVENT), VIOLATION, "protocol") for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)},
    "masked": (frame(BINARY, PONG_EVENT, mask=b"abcd"), VIOLATION, "protocol"),
    "a masked ping": (frame(PING, b"x", mask=b"abcd"), VIOLATION, "protocol"),
    "a fragment of nothing": (frame(0, PONG_EVENT), VIOLATION, "protocol"),
    "a new message within one": (frame(BINARY, b"x", last=False) + whole, VIOLATION, "protocol"),
    "a ping in fragments": (frame(PING, b"x", last=False), VIOLATION, "protocol"),
    "a ping of 126 bytes": (frame(PING, b"x" * 126), VIOLATION, "protocol"),
    "a length in two bytes that needs one": (frame(BINARY, PONG_EVENT, length=2), VIOLATION, "protocol"),
    "a length in eight bytes that needs one": (frame(BINARY, PONG_EVENT, length=8), VIOLATION, "protocol"),
    "a length in eight bytes that needs two": (frame(BINARY, b"x" * 1000, length=8), VIOLATION, "protocol"),
    "a length with its top bit set": (b"\x82\xff" [:1] + b"\x7f\x80" + bytes(7) + b"x" * 100, VIOLATION),
    "a length of 2 to the 63rd less one": (b"\x82\x7f\x7f" + b"\xff" * 7, VIOLATION),
    "a length of more than 64 MB": (b"\x82\x7f" + struct.pack(">Q", (64 << 20) + 1), VIOLATION, "67108864"),
    "fragments of more than 64 MB": (
        frame(BINARY, bytes(1), last=False) + b"\x00\x7f" + struct.pack(">Q", 64 << 20), VIOLATION, "67108864",
    ),
    "text that is no UTF-8": (frame(TEXT, b"\xff\xfe"), VIOLATION, "protocol"),
    "the end within a frame": (whole[:-2], VIOLATION),
}  # fmt: skip
for name, (data, statuses, *words) in FRAMES.items():
    if name == "the end within a frame":
        continue
    case(f"message: {name}", feed_says, data, statuses, *words)


def ends(data, words):
    """The end of a connection while an answer is awaited."""

    def script(connection):
        connection.take_frame()
        connection.send(data)

    return expect(run_against(upgraded(script), *PING_COMMAND), VIOLATION, words)


case("end: without a close frame", ends, b"", "without a close frame")
case("end: within a frame", ends, whole[:-2], "in the middle of a message")
case("end: between fragments", ends, frame(BINARY, PONG_EVENT[:3], last=False), "in the middle of a message")


def closes(payload, words):
    return feed_says(frame(CLOSE, payload), VIOLATION, words)


for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999):
    case(f"close: {code}", closes, struct.pack(">H", code), f"closed by the exchange ({code}")
    case(f"close: {code}, with a reason", closes, struct.pack(">H", code) + "für uns".encode(), f"closed by the exchange ({code} f")
for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999):
    case(f"close: {code}, which is none", closes, struct.pack(">H", code), "protocol")
case("close: without a code", closes, b"", "closed by the exchange")
case("close: with half a code", closes, b"\x03", "protocol")
case("close: with a reason that is no UTF-8", closes, b"\x03\xe8\xff", "protocol")


def pongs(payload):
    seen = []

    def script(connection):
        connection.take_frame()
        connection.frame(PING, payload)
        connection.send(whole)
        seen.extend(heard_to_end(connection))

    run = run_against(upgraded(script), *PING_COMMAND)
    return expect(run, {0}) or (None if seen[0] == (PONG, payload) else f"the client sent {seen}")


for size in (0, 1, 125):
    case(f"ping: {size} bytes", pongs, b"x" * size)


def answers_pings_in_order():
    seen = []

    def script(connection):
        connection.take_frame()
        for number in range(10):
            connection.frame(PING, str(number).encode())
        connection.send(whole)
        seen.extend(heard_to_end(connection))

    run = run_against(upgraded(script), *PING_COMMAND)
    in_order = [(PONG, str(number).encode()) for number in range(10)]
    return expect(run, {0}) or (None if seen[:10] == in_order else f"the client sent {seen}")


case("ping: ten in a row", answers_pings_in_order)


def end_in_good_order(command, serve):
    """The last that is heard is a close frame that says 1000."""
    seen = []

    def script(connection):
        serve(connection)
        seen.extend(heard_to_end(connection))

    with Server(rest) as http, Server(upgraded(script)) as peer:
        run = Run(environment((http.port, peer.port, peer.port)), *command, "--timeout", "5s")
    return expect(run, {0}) or (None if seen and seen[-1] == (CLOSE, b"\x03\xe8") else f"the peer heard {seen}")


def serve_commands(count):
    def serve(connection):
        for _ in range(count):
            reply = gateway_reply(connection.take_message())
            connection.frame(PING, b"still there?")
            connection.message(reply)

    return serve


def serve_feed(connection):
    channel = connection.take_message()["channel"]
    connection.message(["subscribed", channel])
    trades = [["trade", 1, str(number), 1, str(UNIT), str(UNIT), "buy"] for number in range(50)]
    connection.send(b"".join(frame(BINARY, pack(trade)) for trade in trades))


case("end: of a read", end_in_good_order, ["account"], serve_commands(4))
case("end: of the orders", end_in_good_order, ["orders"], serve_commands(2))
case("end: of a raw call", end_in_good_order, ["call", "gateway", '{"type":"get_orders"}'], serve_commands(2))
case("end: of a feed's raw call", end_in_good_order, PING_COMMAND[:3], lambda c: (c.take_frame(), c.send(whole)))
case("end: of a stream", end_in_good_order, ["stream", "trades", "ETH-PERP", "--count", "10"], serve_feed)


# ---- MessagePack

STRANGE_KEYS = {
    "an integer": 7, "nil": None, "true": True, "binary": b"total", "an array": [1, [2]], "a map": {"total": "1"}, "empty": "",
    "a float": Raw(b"\xcb" + bytes(8)), "an extension": Raw(b"\xd4\x01x"),
}  # fmt: skip


def strange_key(key):
    def but(connection, command):
        reply = gateway_reply(command)
        entries = [(key, {"total": "7"}), *reply.items(), (key, None)]
        connection.frame(BINARY, b"\xdf" + struct.pack(">I", len(entries)) + b"".join(pack(k) + pack(v) for k, v in entries))
        return True

    return expect(run_against(upgraded(lambda connection: gateway(connection, but)), "account", "--timeout", "5s"), {0})


for name, key in STRANGE_KEYS.items():
    case(f"MessagePack: a key that is {name}", strange_key, key)


def raw_answer(answer):
    """Of a raw command to the gateway, which may have executed."""

    def but(connection, command):
        if command["type"] == "auth":
            return False
        connection.frame(BINARY, answer)
        return True

    command = ["call", "gateway", '{"type":"order","client_order_id":"x"}', "--timeout", "3s"]
    return expect(run_against(upgraded(lambda connection: gateway(connection, but)), *command), {9})


UNREADABLE = {
    "empty": b"", "never used": b"\xc1", "cut off": pack({"type": "order_accepted"})[:-3], "a map too long": b"\xdf\xff\xff\xff\xff",
    "nested deeply": b"\x91" * 10000, "no map": pack("hello"), "an id that is text": pack({"type": "pong", "id": "seven"}),
    "an id that is negative": pack({"type": "x", "id": Raw(b"\xff")}), "with bytes behind it": pack({"type": "x", "id": 2}) + b"\x01",
}  # fmt: skip
for name, answer in UNREADABLE.items():
    case(f"MessagePack: a raw call's answer is {name}", raw_answer, answer)


# ---- REST


def rest_answers(statuses, answers, *command, least=0.0):
    """Each request gets the next of the answers, in a connection of its own."""
    left = list(answers)

    def serve(connection):
        connection.take_head()
        connection.send(left.pop(0) if len(left) > 1 else left[0])

    with Server(serve) as http:
        run = Run(environment((http.port, 1, 1)), *(command or ["markets", "-o", "json"]), "--timeout", "5s")
    return expect(run, statuses) or (None if run.seconds >= least else f"too early: {run!r}")


def http_date(seconds_from_now):
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + seconds_from_now))


good = http_answer(json.dumps([MARKET]), "Connection: close")
closed = "Connection: close"
REST = {
    "408, then 200": ({0}, [http_answer("", closed, status="408 Request Timeout"), good]),
    "408 for ever": ({10}, [http_answer("", closed, status="408 Request Timeout")]),
    "502, then 200": ({0}, [http_answer("", closed, status="502 Bad Gateway"), good]),
    "429 with a date that has passed": ({0}, [http_answer("", closed, f"Retry-After: {http_date(-60)}", status="429 Slow"), good]),
    "429 with a date far away": ({7}, [http_answer("", closed, f"Retry-After: {http_date(3600)}", status="429 Slow"), good]),
    "429 with nonsense": ({7}, [http_answer("", closed, "Retry-After: soon", status="429 Slow"), good]),
    "100 before it": ({0}, [b"HTTP/1.1 100 Continue\r\n\r\n" + good]),
    "103 before it": ({0}, [b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + good]),
    "HTTP/1.0": ({0}, [good.replace(b"HTTP/1.1", b"HTTP/1.0")]),
    "a body to the end of the connection": ({0}, [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + json.dumps([MARKET]).encode()]),
    "in chunks": ({0}, [b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\n[]\r\n0\r\nX: y\r\n\r\n"]),
    "cut off": ({10}, [good[:-5]]),
    "a field of 60 KB": ({0}, [http_answer(json.dumps([MARKET]), closed, "X: " + "x" * 60000)]),
    "no HTTP": ({11}, [b"SSH-2.0-x\r\n"]),
}  # fmt: skip
for name, (statuses, answers) in REST.items():
    case(f"REST: {name}", rest_answers, statuses, answers)
case("REST: 429 with a date that comes", rest_answers, {0},
     [http_answer("", closed, f"Retry-After: {http_date(2)}", status="429 Slow"), good])  # fmt: skip
case("REST: a write is not repeated after 408", rest_answers, {9},
     [http_answer("", closed, status="408 Request Timeout"), http_answer("{}", closed)], "wallet", "link", WALLET, "--yes")  # fmt: skip

run_cases()
