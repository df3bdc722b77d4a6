"""What an exchange says can do nothing to a terminal, forge no line, and repeat no secret, wherever it is shown or written down."""

import glob
import unicodedata
import urllib.parse

from wire import *

# What does something in place of being seen: colours, titles, a C1 control, directions, nothing, line breaks, what is no UTF-8.
EVIL = "\x1b[31mA\x1b]0;t\x07\x9b2J\u202eB\u2066\u200b\ufeff\x00\x7f\nomenctl: forged\r\nx\u2028y"
LONG = "L" * 100_000


def unseen(text):
    """The first character that must not be there."""
    for line in text.split("\n"):
        for character in line:
            if unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Co", "Cn"):
                return repr(character)
    return None


def shown(run, lines=None):
    """What is wrong with what people are shown."""
    bad = unseen(run.stdout) or unseen(run.stderr)
    if bad:
        return f"{bad} is shown: {run!r}"
    if "omenctl: forged" in [line[:15] for line in (run.stdout + run.stderr).split("\n")]:
        return f"a forged line: {run!r}"
    if run.stderr.count("\n") > 1 and not lines:
        return f"an error of several lines: {run!r}"
    if run.stderr.count("L") > 1024:
        return f"{run.stderr.count('L')} of its words are repeated"
    return None


def rest_of(bodies):
    def serve(connection):
        while True:
            path = connection.take_head().split()[1]
            body = next((value for key, value in bodies.items() if path.startswith(key)), [MARKET])
            status = body.pop("status_line", "200 OK") if isinstance(body, dict) else "200 OK"
            connection.send(http_answer(json.dumps(body), status=status))

    return serve


ORDER = {
    "order_id": EVIL, "client_order_id": EVIL, "market_id": 1, "side": "buy", "order_type": "limit", "price": str(UNIT), "size": str(UNIT),
    "filled_size": "0", "time_in_force": "gtc", "post_only": False, "reduce_only": False, "status": EVIL, "timestamp": 1,
}  # fmt: skip
BODIES = {
    "/health": {"status": EVIL},
    "/readyz": {"ready": False, "markets": [{"market_id": 1, "ready": False, "reason": EVIL}]},
    "/api/v1/wallet": {"wallet": EVIL, "linked_at": 1},
    "/api/v1/orderbook": {"market_id": 1, "sequence": 1, "timestamp": 1, "bids": [], "asks": []},
    "/api/v1/ticker": {"status_line": "400 Bad Request", "error": EVIL + LONG, "code": EVIL + LONG},
    "/api/v1/trades": [{"trade_id": EVIL, "market_id": 1, "price": "1", "size": "1", "side": EVIL, "timestamp": 1}],
    "/api/v1/markets": [{**MARKET, "symbol": EVIL, "status": EVIL}],
}


def evil_gateway(connection, command):
    answers = {
        "get_orders": {"type": "orders", "wallet": EVIL, "orders": [ORDER]},
        "get_balance": {"type": "error", "code": EVIL + LONG, "message": EVIL + LONG},
        "order": {"type": "order_rejected", "client_order_id": command.get("client_order_id"), "code": EVIL, "message": EVIL},
        "cancel_all": {"type": "cancelled_all", "order_ids": [EVIL]},
        "ping": {"type": "weather", "words": EVIL},
    }
    if command["type"] not in answers:
        return False
    connection.message({**answers[command["type"]], "id": command["id"]})
    return True


def with_exchange(bodies, but, check):
    with Server(rest_of({key: dict(value) if isinstance(value, dict) else value for key, value in bodies.items()})) as http:
        with Server(upgraded(lambda connection: gateway(connection, but))) as ws:
            return check(environment((http.port, ws.port, ws.port)))


def people(*command):
    lines = any(flag in command for flag in ("-v", "--trace"))
    return with_exchange(BODIES, evil_gateway, lambda env: shown(Run(env, *command, "--timeout", "3s"), lines))


for words in (
    ["markets"], ["markets", "1"], ["health"], ["wallet", "show"], ["trades", "1"], ["book", "1"], ["ticker", "1"], ["orders"], ["account"],
    ["order", "1", "buy", "1", "--price", "1", "--yes"], ["cancel", "--all"], ["markets", "-o", "csv", "--fields", "market_id"],
):  # fmt: skip
    case(f"words: {' '.join(words)}", people, *words)
for flag in ("-v", "--trace"):
    case(f"words: {flag}", people, flag, "orders")
    case(f"words: {flag} of REST", people, flag, "markets")


def as_json(*command):
    def check(env):
        run = Run(env, *command, "-o", "json", "--timeout", "3s")
        text = run.stdout + run.stderr
        if unseen(text):
            return f"{unseen(text)} is shown: {run!r}"
        json.loads(text)
        return None if command[0] != "orders" or json.loads(text)[0]["order_id"] == EVIL else f"not exact: {run!r}"

    return with_exchange(BODIES, evil_gateway, check)


for words in (["markets"], ["orders"], ["account"], ["call", "gateway", '{"type":"ping"}']):
    case(f"words: {' '.join(words)} as JSON", as_json, *words)


# ---- Secrets

TOKEN = jwt()


def encodings(text):
    escaped = "".join(f"\\u{ord(c):04x}" for c in text)
    return [
        text, text[:40], text[-40:], text.upper(), escaped, "".join(f"%{ord(c):02X}" for c in text), urllib.parse.quote(escaped),
        "".join(f"&#{ord(c)};" for c in text), base64.b64encode(text.encode()).decode(), text.encode().hex(), f"x{text}y{text}",
    ]  # fmt: skip


def pieces(text):
    return {text[at : at + 14] for at in range(len(text) - 13)}


FORBIDDEN = set().union(*(pieces(form) for form in encodings(TOKEN)))


def leaks(text):
    return next((piece for piece in FORBIDDEN if piece in text), None)


def secret(echo):
    def but(connection, command):
        if command["type"] == "auth":
            connection.message({**AUTHENTICATED, "id": command["id"], "account": echo})
        elif command["type"] == "get_balance":
            connection.message({"type": "error", "id": command["id"], "code": echo, "message": "no: " + echo})
        elif command["type"] == "order":
            name = command["client_order_id"]
            connection.message({"type": "order_rejected", "id": command["id"], "client_order_id": name, "code": echo, "message": echo})
        elif command["type"] == "get_orders":
            order = {**ORDER, "order_id": echo, "client_order_id": "c", "status": echo}
            connection.message({"type": "orders", "id": command["id"], "wallet": WALLET, "orders": [order]})
        else:
            return False
        return True

    def check(env):
        env = {**env, "OMENCTL_TOKEN": TOKEN, "XDG_STATE_HOME": tempfile.mkdtemp(dir=FOLDER)}
        record = env["XDG_STATE_HOME"] + "/record"
        texts = []
        for command in (
            ["account"], ["orders"], ["order", "1", "buy", "1", "--price", "1"], ["call", "gateway", '{"type":"get_balance"}'],
            ["journal", "list"],
        ):  # fmt: skip
            for flags in ([], ["-o", "json"], ["-o", "csv"], ["--trace"], ["--record", record, "--force"]):
                run = Run(env, *command, *flags, "--timeout", "3s")
                texts.append(run.stdout + run.stderr)
        for path in glob.glob(env["XDG_STATE_HOME"] + "/**", recursive=True):
            if os.path.isfile(path):
                texts.append(open(path, errors="replace").read())
        found = [(leaks(text), text[:200]) for text in texts if leaks(text)]
        return f"{found[0]}" if found else None

    return with_exchange({}, but, check)


for number, echo in enumerate(encodings(TOKEN)):
    case(f"secret: echoed in form {number}", secret, echo)


def traced_keys():
    keys = ["accessToken", "api_key", "API-Key", "x-signature", "clientSecret", "Mnemonic", "passPhrase", "privateKey", "set-cookie"]

    def but(connection, command):
        if command["type"] != "ping":
            return False
        connection.message({"type": "keys", "id": command["id"], "deep": [{key: "value-of-a-secret" for key in keys}], "plain": "seen"})
        return True

    def check(env):
        run = Run(env, "--trace", "call", "gateway", '{"type":"ping","password":"value-of-a-secret"}')
        if "value-of-a-secret" in run.stderr or "seen" not in run.stderr:
            return repr(run)
        return None

    return with_exchange({}, but, check)


case("secret: keys in any style", traced_keys)


def mistyped(url):
    env = {**environment(), "OMENCTL_REST_URL": url}
    run = Run(env, "markets")
    return None if run.status == 2 and "hunter2" not in run.stderr else repr(run)


for url in (
    "https://me:hunter2@host", "htps://me:hunter2@host", "https:/me:hunter2@host/", "me:hunter2@host", "https://me:hunter2@host:port/",
    "https://me:hun\u200bter2@h", "https://h/?token=hunter2#x", "ftp://h/?api_key=hunter2", "https://me@x:hunter2@host:99999",
):  # fmt: skip
    case(f"secret: a mistyped URL {url}", mistyped, url)

run_cases()
