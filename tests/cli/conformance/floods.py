"""Peers that never stop sending: a deadline holds all the same, and memory is bounded. `floods.py -v` shows what each took."""

import itertools
import sys

from wire import *

ALLOWED = 3  # seconds, of --timeout
MOST_MEGABYTES = 420  # far below what some seconds of any flood would fill
LATE = 4  # seconds that a slow machine may take on top

EXECUTION = {
    "type": "execution", "wallet": WALLET, "sequence": 7, "timestamp": 1, "event": "funding", "market_id": 1, "amount": "1",
}  # fmt: skip


def endless(connection, part):
    """Sends the part again and again, whether or not what comes back is read."""
    block = part * max(1, (1 << 16) // len(part))
    while True:
        connection.send(block)


def read_away(connection):
    def read():
        try:
            while connection.sock.recv(1 << 16):
                pass
        except OSError:
            pass

    threading.Thread(target=read, daemon=True).start()


FLOODS = {
    "pings": frame(PING),
    "long pings": frame(PING, b"x" * 125),
    "pongs": frame(PONG, b"x"),
    "empty fragments": frame(0, b"", last=False),
    "one-byte fragments": frame(0, b"x", last=False),
    "unknown events": frame(BINARY, pack({"type": "weather", "text": "rain"})),
    "unknown positional events": frame(BINARY, pack(["weather", "rain"])),
    "strange replies": frame(BINARY, pack({"type": "pong", "id": 4711, "timestamp": 1})),
    "executions": frame(BINARY, pack(EXECUTION)),
    "errors without id": frame(BINARY, pack({"type": "error", "code": "internal", "message": "no"})),
    "unreadable messages": frame(BINARY, b"\xc1"),
    "messages of 4 MB": frame(BINARY, pack({**EXECUTION, "reason": "x" * (4 << 20)})),
    "books of 300 KB": frame(BINARY, pack(["orderbook_snapshot", 1, 1, 1, Raw(b"\xdd\x00\x01\x86\xa0" + b"\x92\x01\x01" * 100000), []])),
    "trades": frame(BINARY, pack(["trade", 1, "t", 1, str(UNIT), str(UNIT), "buy"])),
}
BEGINS = {name: frame(BINARY, b"x", last=False) for name in ("empty fragments", "one-byte fragments")}

ONE_SHOT = [
    ["account"],
    ["orders"],
    ["orders", "--client-id", "c-1"],
    ["fills"],
    ["order", "ETH-PERP", "buy", "1", "--price", "3000", "--yes"],
    ["order", "ETH-PERP", "buy", "1", "--price", "3000", "--yes", "--wait", "done", "--wait-for", "2s"],
    ["cancel", "--all"],
    ["call", "gateway", '{"type":"get_orders"}'],
    ["call", "market-data", '{"type":"ping","id":1}', "--count", "1000000000"],
    ["health"],
]
STREAMS = [["stream", "trades", "ETH-PERP"], ["stream", "book", "ETH-PERP"], ["stream", "orders"], ["stream", "drop-copy"]]


def flooding(name, after=0, reads=True):
    """A gateway or feed that answers so many commands, and then floods."""

    def script(connection):
        for _ in range(after):
            reply = gateway_reply(connection.take_message())
            if reply:
                connection.message(reply)
        if reads:
            read_away(connection)
        connection.send(BEGINS.get(name, b""))
        endless(connection, FLOODS[name])

    return upgraded(script)


def judge(label, run, allowed, statuses=range(2, 129)):
    if VERBOSE:
        print(f"{label:100} {run.status:4} {run.seconds:5.1f} s {run.megabytes:5.0f} MB", flush=True)
    if run.status in statuses and run.seconds < (allowed + LATE) * PATIENCE and run.megabytes < MOST_MEGABYTES:
        return None
    return repr(run)


def one_shot(name, command, after, reads=True):
    with Server(rest) as http, Server(flooding(name, after, reads)) as peer:
        run = Run(environment((http.port, peer.port, peer.port)), *command, "--timeout", f"{ALLOWED}s")
    return judge(f"{name}, {'' if reads else 'reading nothing, '}{' '.join(command)}", run, 2 * ALLOWED if command[0] == "health" else ALLOWED)


def stream(name, command, terminate_after):
    """One that is up, until its time is over or it is told to end."""
    after = 1 if command[1] in ("trades", "book") else 2
    bounds = ["--no-reconnect"] if terminate_after else ["--no-reconnect", "--for", "2s"]
    with Server(rest) as http, Server(flooding(name, after)) as peer:
        run = Run(environment((http.port, peer.port, peer.port)), *command, *bounds, terminate_after=terminate_after)
    # What comes may be too bad to go on.
    return judge(f"{name}, {' '.join(command)}{' and SIGTERM' if terminate_after else ''}", run, 2, {-15 if terminate_after else 0, 5, 10, 11})


def endless_rest(kind):
    def serve(connection):
        connection.take_head()
        ok = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        if kind == "interim answers":
            endless(connection, b"HTTP/1.1 103 Early Hints\r\n\r\n")
        if kind == "fields":
            connection.send(ok)
            endless(connection, b"X: y\r\n")
        if kind == "a field":
            connection.send(ok + b"X: ")
            endless(connection, b"y")
        if kind == "a body":
            connection.send(ok + b"\r\n")
            endless(connection, b" ")
        if kind == "chunks of one byte":
            connection.send(ok + b"Transfer-Encoding: chunked\r\n\r\n")
            endless(connection, b"1\r\n \r\n")
        head = ok + b"Content-Length: 100000\r\n\r\n"
        if kind == "a body in drops":
            connection.send(head)
        for byte in itertools.cycle(head if kind == "a head in drops" else b" "):
            connection.send(bytes([byte]))
            time.sleep(0.01)

    return serve


REST_FLOODS = ["interim answers", "fields", "a field", "a body", "chunks of one byte", "a body in drops", "a head in drops"]
REST_COMMANDS = [["markets"], ["wallet", "link", WALLET, "--yes"], ["call", "rest", "GET", "/health"]]


def rest_flood(kind, command):
    with Server(endless_rest(kind)) as http:
        run = Run(environment((http.port, 1, 1)), *command, "--timeout", f"{ALLOWED}s")
    return judge(f"{kind} of REST, {' '.join(command)}", run, ALLOWED)


def told(flag):
    if flag not in sys.argv:
        return False
    sys.argv.remove(flag)
    return True


VERBOSE, ALL = told("-v"), told("--all")
for (place, name), (number, command) in itertools.product(enumerate(FLOODS), enumerate(ONE_SHOT + STREAMS)):
    # Each flood is met by some commands, and each command meets some floods; --all: all of them.
    if ALL or (place + number) % 7 == 0:
        for after in (0,) if command[:2] in (["stream", "trades"], ["stream", "book"]) else (0, 1):
            case(f"{name}, {' '.join(command)}, after {after}", one_shot, name, command, after)
    if (ALL or (place + number) % 3 == 0) and command in STREAMS:
        case(f"{name}, {' '.join(command)}, for a time", stream, name, command, None)
        case(f"{name}, {' '.join(command)}, and SIGTERM", stream, name, command, 1)
for name in ("pings", "long pings"):
    case(f"{name} of a peer that reads nothing", one_shot, name, ["account"], 1, False)
for (place, kind), (number, command) in itertools.product(enumerate(REST_FLOODS), enumerate(REST_COMMANDS)):
    if ALL or (place + number) % 3 == 0:
        case(f"{kind} of REST, {' '.join(command)}", rest_flood, kind, command)
run_cases()
