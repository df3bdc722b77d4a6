"""What the conformance tests share: MessagePack, WebSocket frames, a scripted exchange on bare sockets, and running omenctl."""

import base64
import concurrent.futures
import hashlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

OMENCTL = os.environ["OMENCTL"]
PATIENCE = float(os.environ.get("TEST_PATIENCE", "1"))
FOLDER = tempfile.mkdtemp()
UNIT = 10**18


# ---- MessagePack


class Raw(bytes):
    """Bytes that stand in a message as they are."""


def pack(value):
    if isinstance(value, Raw):
        return bytes(value)
    if value is None:
        return b"\xc0"
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        return b"\xcf" + struct.pack(">Q", value)
    if isinstance(value, str):
        text = value.encode()
        return b"\xdb" + struct.pack(">I", len(text)) + text
    if isinstance(value, bytes):
        return b"\xc6" + struct.pack(">I", len(value)) + value
    if isinstance(value, (list, tuple)):
        return b"\xdd" + struct.pack(">I", len(value)) + b"".join(map(pack, value))
    return b"\xdf" + struct.pack(">I", len(value)) + b"".join(pack(k) + pack(v) for k, v in value.items())


def unpack(data):
    return _unpack(memoryview(data), 0)[0]


def _unpack(data, at):
    first = data[at]
    at += 1
    sizes = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4, 0xDC: 2, 0xDD: 4, 0xDE: 2, 0xDF: 4}
    if first < 0x80:
        return first, at
    if first >= 0xE0:
        return first - 256, at
    if 0xCC <= first <= 0xD3:
        width = 1 << (first - 0xCC) % 4
        return int.from_bytes(data[at : at + width], "big", signed=first >= 0xD0), at + width
    if first in (0xC0, 0xC2, 0xC3):
        return {0xC0: None, 0xC2: False, 0xC3: True}[first], at
    if first in sizes:
        size = int.from_bytes(data[at : at + sizes[first]], "big")
        at += sizes[first]
    else:
        size = first & (0x1F if first >= 0xA0 else 0x0F)
    if first in (0xC4, 0xC5, 0xC6):
        return bytes(data[at : at + size]), at + size
    if 0xA0 <= first < 0xC0 or 0xD9 <= first <= 0xDB:
        return bytes(data[at : at + size]).decode(), at + size
    items = []
    is_map = first < 0x90 or first >= 0xDE
    for _ in range(2 * size if is_map else size):
        item, at = _unpack(data, at)
        items.append(item)
    return (dict(zip(items[::2], items[1::2])) if is_map else items), at


# ---- WebSocket frames

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def frame(opcode, payload=b"", *, last=True, reserved=0, mask=None, length=None):
    """`length`: how it is written: a size in bytes of 0, 2 or 8; else as short as can be."""
    size = len(payload)
    width = length if length is not None else 0 if size < 126 else 2 if size < 65536 else 8
    head = bytes([(0x80 if last else 0) | reserved << 4 | opcode])
    head += bytes([(0x80 if mask is not None else 0) | (size if width == 0 else 126 if width == 2 else 127)])
    head += size.to_bytes(width, "big") if width else b""
    if mask is not None:
        head += mask
        payload = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
    return head + payload


class Connection:
    """A socket with what has come of it: an end of a WebSocket, or of HTTP."""

    def __init__(self, sock, timeout=20):
        self.sock = sock
        self.sock.settimeout(timeout * PATIENCE)
        self.came = b""

    def send(self, data):
        self.sock.sendall(data)

    def frame(self, *args, **options):
        self.send(frame(*args, **options))

    def message(self, value):
        self.frame(BINARY, pack(value))

    def fill(self):
        """False at the end."""
        try:
            data = self.sock.recv(1 << 16)
        except ConnectionError:
            data = b""
        self.came += data
        return bool(data)

    def take(self, count):
        while len(self.came) < count:
            if not self.fill():
                raise EOFError
        data, self.came = self.came[:count], self.came[count:]
        return data

    def take_head(self):
        while b"\r\n\r\n" not in self.came:
            if not self.fill():
                raise EOFError
        head, self.came = self.came.split(b"\r\n\r\n", 1)
        return head.decode("latin-1") + "\r\n"

    def take_frame(self):
        """The opcode, with the bits in front of it, and the payload."""
        first, second = self.take(2)
        size = second & 0x7F
        if size >= 126:
            size = int.from_bytes(self.take(2 if size == 126 else 8), "big")
        mask = self.take(4) if second & 0x80 else bytes(4)
        return first, bytes(byte ^ mask[i % 4] for i, byte in enumerate(self.take(size)))

    def take_message(self):
        """The next message, unpacked; what is none is passed over."""
        while True:
            first, payload = self.take_frame()
            if first & 0x0F == BINARY:
                return unpack(payload)

    def frames_to_end(self):
        frames = []
        try:
            while True:
                frames.append(self.take_frame())
        except EOFError:
            return frames

    def close(self):
        self.sock.close()


def fields(head):
    """The fields of an HTTP head, names in lower case; those that are there twice as the last one says."""
    lines = [line.split(":", 1) for line in head.split("\r\n")[1:] if ":" in line]
    return {name.lower(): value.strip() for name, value in lines}


def accept_of(key):
    return base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()


def upgrade_answer(request, *more, status="HTTP/1.1 101 Switching Protocols", connection="Connection: Upgrade"):
    lines = [status, "Upgrade: websocket", connection, "Sec-WebSocket-Accept: " + accept_of(fields(request)["sec-websocket-key"])]
    return "\r\n".join([*lines, *more, "", ""]).encode()


class Server:
    """Runs `serve(connection)` in a thread for each connection to it. The connection ends with it."""

    def __init__(self, serve):
        self.serve = serve
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.failure = None
        self.running = []
        self.accepting = threading.Thread(target=self.accept, daemon=True)
        self.accepting.start()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            thread = threading.Thread(target=self.run, args=(Connection(sock),), daemon=True)
            thread.start()
            self.running.append(thread)

    def run(self, connection):
        try:
            self.serve(connection)
        except (EOFError, OSError):
            pass
        except Exception as error:  # of a test: told at its end
            self.failure = error
        finally:
            connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)  # which accept() notices, as it does not notice that it is closed
        self.accepting.join()
        self.listener.close()
        for thread in self.running:
            thread.join(20 * PATIENCE)
        if self.failure:
            raise self.failure


def upgraded(script):
    """A server's function: shakes hands, then runs the script."""

    def serve(connection):
        connection.send(upgrade_answer(connection.take_head()))
        script(connection)

    return serve


WALLET = "0x" + "ab" * 20
MARKET = {
    "market_id": 1, "symbol": "ETH-PERP", "base": "ETH", "quote": "USD", "status": "live", "tick_size": str(UNIT // 100),
    "lot_size": str(UNIT // 1000), "min_size": str(UNIT // 1000), "max_leverage": 20, "initial_margin": str(UNIT // 20),
    "maintenance_margin": str(UNIT // 40), "maker_fee": "0", "taker_fee": "0",
}  # fmt: skip


def http_answer(body, *more, status="200 OK"):
    return "\r\n".join(
        [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *more, "", body]
    ).encode()


def rest(connection):
    """The markets, and nothing else."""
    while True:
        connection.take_head()
        connection.send(http_answer(json.dumps([MARKET])))


AUTHENTICATED = {"type": "authenticated", "account": "a", "wallet": WALLET, "permissions": ["read", "trade"], "expires_at": 4 * 10**12}


def gateway_reply(command):
    """What an exchange says to a command of a session, or of the feed; None: nothing."""
    kind, number = command["type"], command.get("id", 0)
    zeros = {
        "get_balance": ("balance", ["total", "available", "margin_used"]),
        "get_pnl": ("pnl", ["realized", "unrealized", "funding", "fees"]),
    }
    if kind == "auth":
        return {**AUTHENTICATED, "id": number}
    if kind == "ping":
        return {"type": "pong", "id": number, "timestamp": 1}
    if kind in ("subscribe", "unsubscribe") and "id" not in command:  # of the feed
        return [kind + "d", command["channel"]]
    if kind in ("subscribe", "unsubscribe"):
        return {"type": kind + "d", "id": number, "channel": command["channel"], "sequence": 0}
    if kind in zeros:
        name, amounts = zeros[kind]
        return {"type": name, "id": number, "wallet": WALLET, **dict.fromkeys(amounts, "0")}
    if kind in ("get_orders", "get_positions"):
        return {"type": kind[4:], "id": number, "wallet": WALLET, kind[4:]: []}
    return None


def gateway(connection, but=lambda connection, command: False):
    """A session of the gateway; what `but` does, it does itself."""
    while True:
        command = connection.take_message()
        if not but(connection, command):
            reply = gateway_reply(command)
            if reply:
                connection.message(reply)


# ---- omenctl


def jwt():
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = {"sub": "a", "iss": "omen-auth", "aud": "authenticated", "exp": int(time.time()) + 3600, "permissions": ["read", "trade"]}
    return ".".join([part({"alg": "ES256", "typ": "JWT"}), part(claims), "c2ln"])


def environment(ports=(1, 1, 1)):
    """With these ports of REST, gateway and market data."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OMENCTL_")}
    urls = zip(("REST", "GATEWAY", "MARKET_DATA"), ("http", "ws", "ws"), ports)
    return {
        **kept,
        **{f"OMENCTL_{name}_URL": f"{scheme}://127.0.0.1:{port}" for name, scheme, port in urls},
        "OMENCTL_TOKEN": jwt(), "XDG_CONFIG_HOME": FOLDER, "XDG_STATE_HOME": FOLDER, "XDG_CACHE_HOME": FOLDER, "NO_COLOR": "1",
    }  # fmt: skip


def beginning_of(pipe):
    """Of what comes to the end, which may be more than this process should hold: it counts into the memory of those that it starts."""
    kept = b""
    while part := pipe.read1(1 << 16):
        if len(kept) < 1 << 20:
            kept += part
    return kept


class Run:
    """A run of omenctl: its status and output, its seconds, and the most memory that it took, in MB."""

    def __init__(self, env, *arguments, stdin=None, limit=60, terminate_after=None):
        began = time.monotonic()
        process = subprocess.Popen(
            [OMENCTL, *arguments], env=env, stdin=stdin or subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        late = threading.Timer(limit * PATIENCE, process.kill)
        late.start()
        if terminate_after:
            threading.Timer(terminate_after, process.send_signal, [signal.SIGTERM]).start()
        output = []
        reader = threading.Thread(target=lambda: output.append(beginning_of(process.stdout)))
        reader.start()
        self.stderr = beginning_of(process.stderr).decode(errors="replace")
        reader.join()
        _, status, usage = os.wait4(process.pid, 0)
        late.cancel()
        process.returncode = self.status = os.waitstatus_to_exitcode(status)
        self.stdout = output[0].decode(errors="replace")
        self.seconds = time.monotonic() - began
        self.megabytes = usage.ru_maxrss / 1024

    def __repr__(self):
        return f"status {self.status} after {self.seconds:.1f} s, {self.megabytes:.0f} MB: {(self.stdout + self.stderr)[:300]!r}"


class Sandbox:
    """A sandbox of its own: its environment in `env`, the ports of REST, gateway and market data."""

    def __init__(self, *flags):
        any_port = [word for name in ("rest", "gateway", "market-data") for word in (f"--{name}-port", "0")]
        self.env = environment()
        self.process = subprocess.Popen([OMENCTL, "sandbox", *any_port, *flags], env=self.env, stdout=subprocess.PIPE, text=True)
        for _ in range(4):
            name, _, value = self.process.stdout.readline().strip().partition("=")
            self.env[name] = value
        urls = [self.env[f"OMENCTL_{name}_URL"] for name in ("REST", "GATEWAY", "MARKET_DATA")]
        self.rest, self.gateway, self.feed = [int(url.rsplit(":", 1)[1].rstrip("/")) for url in urls]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


# ---- Cases

CASES = []


def case(name, check, *arguments):
    """`check(*arguments)` raises, or returns words for what is wrong, where the case does not hold."""
    CASES.append((name, check, arguments))


def run_cases(at_once=8):
    chosen = [one for one in CASES if len(sys.argv) < 2 or any(word in one[0] for word in sys.argv[1:])]

    def run(one):
        name, check, arguments = one
        try:
            return name, check(*arguments)
        except Exception as error:
            return name, f"{type(error).__name__}: {error}"

    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        results = list(pool.map(run, chosen))
    for name, wrong in results:
        if wrong:
            print(f"{name}: {wrong}")
    wrong = sum(bool(wrong) for _, wrong in results)
    print(f"{len(results) - wrong} of {len(results)} hold")
    sys.exit(1 if wrong else 0)
