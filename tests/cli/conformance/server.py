"""The sandbox's servers against clients that keep to the rules in unusual ways, and against those that do not."""

from wire import *

SANDBOX = Sandbox("--host", "exchange")
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
UPGRADE = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: " + KEY, "Sec-WebSocket-Version: 13"]


def connect(port):
    return Connection(socket.create_connection(("127.0.0.1", port)))


def is_ended(connection):
    """Whether the server has ended the connection, or does so now."""
    while connection.fill():
        pass
    return True


# ---- HTTP


def take_answer(connection, has_body=True):
    """Status, fields and body."""
    head = connection.take_head()
    names = fields(head)
    body = connection.take(int(names.get("content-length", 0))) if has_body else b""
    return int(head.split(" ")[1]), names, body


def http(request, *statuses, then_lives=None, method="GET"):
    """The statuses of the answers to what is sent at once; whether the connection serves another request then."""
    connection = connect(SANDBOX.rest)
    connection.send(request)
    for status in statuses:
        seen, names, _ = take_answer(connection, method != "HEAD" and status != 100)
        if seen != status:
            return f"{seen} for {status}"
        if status != 100 and ("date" not in names or not names["date"].endswith(" GMT")):
            return f"no date: {names}"
    if then_lives:
        connection.send(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return None if take_answer(connection)[0] == 200 else "it serves no other request"
    if then_lives is False:
        is_ended(connection)
    connection.close()
    return None


def request(line="GET /health HTTP/1.1", *more, host="Host: localhost", body=""):
    return "\r\n".join([line, *([host] if host else []), *more, "", body]).encode()


GET = request()
POST = "POST /api/v1/wallet/link HTTP/1.1"
HTTP = {
    "plain": (GET, [200], True),
    "to be closed": (request("GET /health HTTP/1.1", "Connection: close"), [200], False),
    "HTTP/1.0": (request("GET /health HTTP/1.0"), [200], False),
    "HTTP/1.0 without Host": (request("GET /health HTTP/1.0", host=None), [200], False),
    "HTTP/1.0 to be kept": (request("GET /health HTTP/1.0", "Connection: keep-alive"), [200], True),
    "three at once": (GET * 3, [200] * 3, True),
    "names in other cases": (request(host="hOsT: localhost"), [200], True),
    "a Host with a port": (request(host="Host: localhost:1"), [200], True),
    "a foreign Host, where nothing changes": (request(host="Host: example.com"), [200], True),
    "no Host": (request(host=None), [400], False),
    "two Hosts": (request("GET /health HTTP/1.1", "Host: localhost"), [400], False),
    "two Hosts in other cases": (request("GET /health HTTP/1.1", "HOST: example.com"), [400], False),
    "absolute form": (request(f"GET http://localhost:{SANDBOX.rest}/health HTTP/1.1"), [200], True),
    "absolute form with a query": (request("GET http://localhost/api/v1/markets?x=y HTTP/1.1"), [200], True),
    "absolute form without a path": (request("GET http://localhost HTTP/1.1"), [404], True),
    "absolute form of another scheme": (request("GET HTTPS://localhost/health HTTP/1.1"), [200], True),
    "absolute form without Host": (request("GET http://localhost/health HTTP/1.1", host=None), [400], False),
    "the asterisk": (request("OPTIONS * HTTP/1.1"), [404], True),
    "authority form": (request("CONNECT localhost:443 HTTP/1.1"), [404], None),
    "an unknown method": (request("BREW /health HTTP/1.1"), [405], True),
    "a body where none is wanted": (request("GET /health HTTP/1.1", "Content-Length: 2", body="{}"), [200], True),
    "in chunks": (request(POST, "Transfer-Encoding: chunked", body="2\r\n{}\r\n0\r\n\r\n"), [401], True),
    "in chunks, spelt otherwise": (request(POST, "Transfer-Encoding: Chunked", body="2;x=y\r\n{}\r\n0\r\nX: y\r\n\r\n"), [401], True),
    "an unknown transfer coding": (request(POST, "Transfer-Encoding: gzip"), [501], False),
    "an unknown transfer coding before chunks": (request(POST, "Transfer-Encoding: gzip, chunked", body="0\r\n\r\n"), [501], False),
    "two transfer codings": (request(POST, "Transfer-Encoding: chunked", "Transfer-Encoding: identity", body="0\r\n\r\n"), [400], False),
    "a length beside chunks": (request(POST, "Content-Length: 2", "Transfer-Encoding: chunked", body="0\r\n\r\n"), [400], False),
    "two lengths": (request(POST, "Content-Length: 2", "Content-Length: 3", body="{}"), [400], False),
    "a length that is none": (request(POST, "Content-Length: two"), [400], False),
    "a length below nothing": (request(POST, "Content-Length: -1"), [400], False),
    "a length that is too large": (request(POST, "Content-Length: 100000"), [413], False),
    "a length beyond all": (request(POST, "Content-Length: 99999999999999999999999"), [400], False),
    "100-continue": (request(POST, "Expect: 100-continue", "Content-Length: 2"), [100], None),
    "100-continue with the body at hand": (request(POST, "Expect: 100-Continue", "Content-Length: 2", body="{}"), [100, 401], True),
    "100-continue without a body": (request("GET /health HTTP/1.1", "Expect: 100-continue"), [200], True),
    "100-continue in HTTP/1.0": (request("POST /health HTTP/1.0", "Expect: 100-continue", "Content-Length: 2", body="{}"), [405], None),
    "100-continue with too long a body": (request(POST, "Expect: 100-continue", "Content-Length: 100000"), [413], False),
    "another expectation": (request("GET /health HTTP/1.1", "Expect: 200-ok"), [417], False),
    "a head that is too long": (request("GET /health HTTP/1.1", "X: " + "x" * 100000), [431], False),
    "a target that is too long": (request("GET /" + "x" * 100000 + " HTTP/1.1"), [431], False),
    "no HTTP": (b"hello\r\n\r\n", [400], False),
    "HTTP/3": (request("GET /health HTTP/3.0"), [400], False),
    "a blank before a colon": (request("GET /health HTTP/1.1", "X : y"), [400], False),
    "a field without a colon": (request("GET /health HTTP/1.1", "nonsense"), [400], False),
    "a control character in a field": (request("GET /health HTTP/1.1", "X: a\x01b"), [400], False),
    "percent signs that encode nothing": (request("GET /api/v1/ticker/%zz HTTP/1.1"), [400], True),
}  # fmt: skip
for name, (data, statuses, then_lives) in HTTP.items():
    case(f"HTTP: {name}", lambda *all_of: http(all_of[0], *all_of[1], then_lives=all_of[2]), data, statuses, then_lives)


def head_like_get():
    connection = connect(SANDBOX.rest)
    connection.send(request("HEAD /health HTTP/1.1") + GET)
    _, head, _ = take_answer(connection, has_body=False)
    status, get, _ = take_answer(connection)
    return None if status == 200 and head["content-length"] == get["content-length"] else f"{head}, {get}"


def waits_for_go_ahead():
    connection = connect(SANDBOX.rest)
    connection.send(request(POST, "Expect: 100-continue", "Content-Length: 2"))
    if take_answer(connection)[0] != 100:
        return "no 100"
    connection.send(b"{}")
    return None if take_answer(connection)[0] == 401 else "no answer to the body"


def byte_by_byte():
    connection = connect(SANDBOX.rest)
    for byte in request(POST, "Content-Length: 2", body="{}"):
        connection.send(bytes([byte]))
    return None if take_answer(connection)[0] == 401 else "no answer"


case("HTTP: HEAD", head_like_get)
case("HTTP: 100-continue, body afterwards", waits_for_go_ahead)
case("HTTP: in single bytes", byte_by_byte)


# ---- the control


def control(status, *more, method="GET", host="Host: localhost", key=True, body=""):
    with open(FOLDER + "/omenctl/sandbox-control.key") as file:
        bearer = [f"Authorization: Bearer {file.read().strip()}"] if key else []
    line = f"{method} /_sandbox/faults HTTP/1.1"
    length = [f"Content-Length: {len(body)}"] if body else []
    return http(request(line, *bearer, *more, *length, host=host, body=body), status)


JSON, NO_FAULTS = "Content-Type: application/json", '{"faults":[]}'
FOREIGN = ["example.com", "localhost.example.com", "127.0.0.1.example.com", "192.0.2.1", "[2001:db8::1]", "exchange.example.com", "localhost@example.com"]
OWN = ["localhost", "LOCALHOST:80", "app.localhost", "127.0.0.1:1", "127.9.9.9", "[::1]:80", "exchange", "Exchange:8083"]
case("control: with its key", control, 200)
case("control: without a key", lambda: control(401, key=False))
case("control: with another key", lambda: control(401, "Authorization: Bearer x", key=False))
case("control: JSON", lambda: control(200, JSON, method="POST", body=NO_FAULTS))
for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json"):
    case(f"control: {kind}", lambda kind: control(415, f"Content-Type: {kind}", method="POST", body=NO_FAULTS), kind)
case("control: of no type", lambda: control(415, method="POST", body=NO_FAULTS))
for name in FOREIGN:
    case(f"control: Host {name}", lambda name: control(403, host=f"Host: {name}"), name)
    case(f"control: Origin {name}", lambda name: control(403, f"Origin: http://{name}"), name)
for name in OWN:
    case(f"control: Host {name}", lambda name: control(200, host=f"Host: {name}"), name)
    case(f"control: Origin {name}", lambda name: control(200, f"Origin: http://{name}"), name)
case("control: Origin null", lambda: control(403, "Origin: null"))
case("control: absolute form of another", lambda: http(request("GET http://example.com/_sandbox/faults HTTP/1.1"), 403))


# ---- upgrades


def upgrade(status, *more, line="GET / HTTP/1.1", host="Host: localhost", base=UPGRADE, port=None):
    connection = connect(port or SANDBOX.gateway)
    connection.send(request(line, *base, *more, host=host))
    head = connection.take_head()
    seen, names = int(head.split(" ")[1]), fields(head)
    if seen != status:
        return f"{seen} for {status}: {head!r}"
    if seen != 101:
        is_ended(connection)
    elif names["sec-websocket-accept"] != accept_of(KEY) or {"sec-websocket-extensions", "sec-websocket-protocol"} & names.keys():
        return f"{names}"
    connection.close()
    return None


def without(name):
    return [line for line in UPGRADE if not line.startswith(name)]


case("upgrade: plain", upgrade, 101)
case("upgrade: with extensions and subprotocols on offer", upgrade, 101, "Sec-WebSocket-Extensions: permessage-deflate", "Sec-WebSocket-Protocol: x")
case("upgrade: Connection in two fields", lambda: upgrade(101, base=["Connection: keep-alive", *UPGRADE]))
case("upgrade: Connection as a list", lambda: upgrade(101, "Connection: keep-alive, Upgrade", base=without("Connection")))
case("upgrade: names in other cases", lambda: upgrade(101, base=[line.upper() if "Key" not in line else line for line in UPGRADE]))
case("upgrade: another path", lambda: upgrade(101, line="GET /ws?x=y HTTP/1.1"))
case("upgrade: a head of 60 KB", upgrade, 101, "X: " + "x" * 60000)
case("upgrade: a head of 100 KB", upgrade, 431, "X: " + "x" * 100000)
case("upgrade: another version", lambda: upgrade(426, "Sec-WebSocket-Version: 8", base=without("Sec-WebSocket-Version")))
for name in ("Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version"):
    case(f"upgrade: no {name}", lambda name: upgrade(400, base=without(name)), name)
case("upgrade: POST", lambda: upgrade(400, line="POST / HTTP/1.1"))
case("upgrade: HTTP/1.0", lambda: upgrade(400, line="GET / HTTP/1.0"))
case("upgrade: no Host", lambda: upgrade(400, host=None))
case("upgrade: two Hosts", upgrade, 400, "Host: localhost")
case("upgrade: no HTTP", lambda: upgrade(400, line="hello"))
for port in (SANDBOX.gateway, SANDBOX.feed):
    for name in FOREIGN:
        case(f"upgrade: Host {name}", lambda name, port: upgrade(403, host=f"Host: {name}", port=port), name, port)
        case(f"upgrade: Origin {name}", lambda name, port: upgrade(403, f"Origin: https://{name}:8080", port=port), name, port)
    for name in OWN:
        case(f"upgrade: Host {name}", lambda name, port: upgrade(101, host=f"Host: {name}", port=port), name, port)
        case(f"upgrade: Origin {name}", lambda name, port: upgrade(101, f"Origin: http://{name}", port=port), name, port)
case("upgrade: Origin null", upgrade, 403, "Origin: null")


# ---- frames

MASK = b"\x01\x02\x03\x04"
PING_COMMAND = pack({"type": "ping", "id": 7})


def websocket(early=b""):
    connection = connect(SANDBOX.gateway)
    connection.send(request("GET / HTTP/1.1", *UPGRADE) + early)
    connection.take_head()
    return connection


def lives(connection):
    connection.frame(BINARY, PING_COMMAND, mask=MASK)
    return connection.take_message().get("type") == "pong"


def answered(data, early=b""):
    """It is a ping of the exchange's, and answered."""
    connection = websocket(early)
    for part in data if isinstance(data, list) else [data]:
        connection.send(part)
    message = connection.take_message()
    if message.get("type") != "pong" or not lives(connection):
        return f"{message}"
    connection.close()
    return None


def refused(data, *codes):
    """The server closes, with one of these codes, and ends the connection."""
    connection = websocket()
    connection.send(data)
    closes = [payload for first, payload in connection.frames_to_end() if first & 0x0F == CLOSE]
    seen = int.from_bytes(closes[0][:2], "big") if closes and closes[0] else None
    return None if len(closes) == 1 and seen in codes else f"closed with {seen}"


def cut(payload, *sizes):
    frames, opcode = [], BINARY
    for size in sizes:
        frames.append(frame(opcode, payload[:size], last=False, mask=MASK))
        payload, opcode = payload[size:], 0
    return [*frames, frame(opcode, payload, mask=MASK)]


whole = frame(BINARY, PING_COMMAND, mask=MASK)
padded = pack({"type": "ping", "id": 7, "x": "x" * 60000})
ANSWERED = {
    "in one": whole,
    "in single bytes": [bytes([byte]) for byte in whole],
    "masked with zeros": frame(BINARY, PING_COMMAND, mask=bytes(4)),
    "in two fragments": b"".join(cut(PING_COMMAND, 3)),
    "in fragments of one byte": b"".join(cut(PING_COMMAND, *[1] * 20)),
    "with empty fragments": b"".join(cut(PING_COMMAND, 0, 0, 2, 0)),
    "with pings between fragments": frame(PING, b"x", mask=MASK).join(cut(PING_COMMAND, 2, 2)),
    "of 60,000 bytes": frame(BINARY, padded, mask=MASK),
    "of 60,000 bytes in fragments": b"".join(cut(padded, 1, 126, 30000)),
    "behind a pong": frame(PONG, b"x", mask=MASK) + whole,
    "behind 1000 pings": frame(PING, mask=MASK) * 1000 + whole,
}
REFUSED = {
    "unmasked": (frame(BINARY, PING_COMMAND), 1002),
    "an unmasked ping": (frame(PING), 1002),
    **{f"reserved bit {4 - bit}": (frame(BINARY, PING_COMMAND, mask=MASK, reserved=1 << bit), 1002) for bit in range(3)},
    **{f"opcode {opcode}": (frame(opcode, PING_COMMAND, mask=MASK), 1002) for opcode in (3, 7, 11, 15)},
    "a fragment of nothing": (frame(0, PING_COMMAND, mask=MASK), 1002),
    "a new message within one": (frame(BINARY, b"x", last=False, mask=MASK) + whole, 1002),
    "a ping in fragments": (frame(PING, b"x", last=False, mask=MASK), 1002),
    "a ping of 126 bytes": (frame(PING, b"x" * 126, mask=MASK), 1002),
    "a length in two bytes that needs one": (frame(BINARY, PING_COMMAND, mask=MASK, length=2), 1002),
    "a length in eight bytes that needs two": (frame(BINARY, bytes(1000), mask=MASK, length=8), 1002),
    "a length with its top bit set": (b"\x82\xff\x80" + bytes(7) + MASK + bytes(100), 1002, 1009),
    "more than 65,536 bytes": (frame(BINARY, bytes(65537), mask=MASK), 1009),
    "more than 65,536 bytes in fragments": (b"".join(cut(bytes(70000), 1, 40000)), 1009),
    "text that is no UTF-8": (frame(TEXT, b"\xff\xfe", mask=MASK), 1007),
    **{f"close code {code}": (frame(CLOSE, struct.pack(">H", code), mask=MASK), code) for code in (1000, 1001, 1008, 1011, 1013, 3000, 4999)},
    "close code 1014": (frame(CLOSE, struct.pack(">H", 1014), mask=MASK), 1013),
    **{f"close code {code}, which is none": (frame(CLOSE, struct.pack(">H", code), mask=MASK), 1002) for code in (0, 999, 1005, 1006, 1015, 2999)},
    "a close with half a code": (frame(CLOSE, b"\x03", mask=MASK), 1002),
    "a close with a reason that is no UTF-8": (frame(CLOSE, b"\x03\xe8\xff", mask=MASK), 1002, 1007),
}  # fmt: skip
for name, data in ANSWERED.items():
    case(f"message: {name}", answered, data)
case("message: behind the upgrade, not waiting for its answer", answered, b"", whole)
for name, (data, *codes) in REFUSED.items():
    case(f"refused: {name}", refused, data, *codes)


def pings():
    connection = websocket()
    for size in (0, 1, 125):
        connection.frame(PING, b"x" * size, mask=MASK)
        first, payload = connection.take_frame()
        if first & 0x0F != PONG or payload != b"x" * size:
            return f"{first} {payload}"
    return None if lives(connection) else "it does not live"


case("ping: answered with what is in it", pings)


# ---- connections


def are_capped():
    """One client can't take all descriptors; when its connections end, it is served again."""
    many = []
    try:
        for _ in range(600):
            many.append(connect(SANDBOX.rest))
        many[-1].send(GET)
        many[0].send(GET)
        if not many[0].fill():
            return "the first is not served"
        if many[-1].fill():
            return "the 600th is served"
    finally:
        for connection in many:
            connection.close()
    for _ in range(1000):
        try:
            return http(GET, 200)
        except (EOFError, OSError):
            time.sleep(0.01)
    return "it is never served again"


def pings_are_bounded():
    """What is sent back to a client that reads nothing ends with its connection, not with the sandbox's memory."""
    connection = websocket()
    pings = frame(PING, b"x" * 125, mask=MASK) * 1000
    try:
        for _ in range(4000):
            connection.send(pings)
    except OSError:
        with open(f"/proc/{SANDBOX.process.pid}/status") as status:
            most = next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))
        return None if most < 400 else f"{most} MB"
    return "it takes pings without end"


def run():
    with SANDBOX:
        run_cases()


if "--cap" in sys.argv:  # alone, as it takes what others need
    CASES.clear()
    sys.argv.remove("--cap")
    case("connections: capped for each client", are_capped)
    case("connections: pings of a client that reads nothing", pings_are_bounded)
run()
