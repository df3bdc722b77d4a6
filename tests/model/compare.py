#!/usr/bin/env python3
"""compare.py [--steps N] SEED...: draws so many commands a seed, gives each to `omenctl sandbox` (by $OMENCTL, through
the command line) and to the model beside this file, and compares all that can be seen of it, value by value."""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from types import SimpleNamespace

import exchange as model
from exchange import Refused, text, units

OMENCTL = os.environ.get("OMENCTL", "omenctl")
ACCOUNTS = ["default", "second", "third"]

# One market with round numbers, one where hardly any product ends at 18 places.
MARKETS = [
    {"market_id": 1, "symbol": "WIDE-PERP", "tick_size": "0.5", "lot_size": "0.1", "min_size": "0.1", "max_leverage": 10,
     "initial_margin": "0.1", "maintenance_margin": "0.05", "maker_fee": "-0.0001", "taker_fee": "0.0005",
     "middle": "1000", "index": "1001.5", "ticks": 250, "lots": 15000},
    {"market_id": 2, "symbol": "FINE-PERP", "tick_size": "0.000000013", "lot_size": "0.000000000007",
     "min_size": "0.000000000007", "max_leverage": 20, "initial_margin": "0.043", "maintenance_margin": "0.021",
     "maker_fee": "0.00017", "taker_fee": "0.00053",
     "middle": "3.000000030", "index": "2.999999999", "ticks": 40000000, "lots": 100000000000000000},
]
AMOUNTS = ["tick_size", "lot_size", "min_size", "initial_margin", "maintenance_margin", "maker_fee", "taker_fee"]


class Difference(Exception):
    pass


def terms(market):
    return {**market, **{name: units(market[name]) for name in AMOUNTS}}


def house_book(market, draw):
    """A few levels on each side of the middle."""
    tick, lot = units(market["tick_size"]), units(market["lot_size"])
    middle = units(market["middle"]) // tick
    sides = {}
    for side, sign in (("bids", -1), ("asks", 1)):
        away = sorted(draw.sample(range(1, market["ticks"]), 6))
        sides[side] = [(tick * (middle + sign * ticks), lot * draw.randint(1, market["lots"])) for ticks in away]
    return sides


def recording(books):
    lines = [{"t": 0, "markets": [
        {"market_id": m["market_id"], "symbol": m["symbol"], "base": m["symbol"][:4], "quote": "USD", "status": "live",
         "max_leverage": m["max_leverage"], **{name: str(units(m[name])) for name in AMOUNTS}} for m in MARKETS]}]
    for market, book in zip(MARKETS, books):
        levels = [[[str(price), str(size)] for price, size in book[side]] for side in ("bids", "asks")]
        lines.append({"t": 0, "event": ["orderbook_snapshot", market["market_id"], 1, 1700000000000, *levels]})
        lines.append({"t": 0, "event": ["spot_price", market["market_id"], 1700000000000, str(units(market["index"]))]})
    return "".join(json.dumps(line) + "\n" for line in lines)


class Omenctl:
    """The command line, as one account."""

    def __init__(self, account):
        token = subprocess.run([OMENCTL, "sandbox", "token", "--account", account, "--ttl", "24h"], check=True,
                               capture_output=True, text=True).stdout.strip()
        self.environment = {**os.environ, "OMENCTL_TOKEN": token}

    def __call__(self, *words):
        done = subprocess.run([OMENCTL, "-o", "json", *words], capture_output=True, text=True, env=self.environment)
        answer = json.loads(done.stdout) if done.stdout.strip() else None
        error = json.loads(done.stderr.splitlines()[-1])["error"] if done.stderr.strip() else None
        return SimpleNamespace(answer=answer, error=error, words=words)


def expect(what, theirs, ours):
    if theirs != ours:
        raise Difference(f"{what}: the sandbox has {theirs}, the model {ours}")


class Flow:
    def __init__(self, seed, steps):
        self.draw, self.steps, self.compared, self.last = random.Random(seed), steps, 0, 0
        books = [house_book(market, self.draw) for market in MARKETS]
        self.recording = recording(books)
        self.exchange = model.Exchange(
            [model.Market(terms(market), book["bids"], book["asks"], units(market["index"]))
             for market, book in zip(MARKETS, books)], {account: 10**6 * model.ONE for account in ACCOUNTS})

    def run(self):
        self.omenctl = {account: Omenctl(account) for account in ACCOUNTS}
        for account in ACCOUNTS[1:]:
            self.omenctl[account]("sandbox", "fault", f"relink:account={account}")
        while any(ticker["index_price"] != text(units(market["index"]))
                  for market, ticker in zip(MARKETS, self.omenctl["default"]("ticker").answer)):
            pass  # the recording's first events have yet to come
        for step in range(1, self.steps + 1):
            account = self.draw.choice(ACCOUNTS)
            command = self.draw.choices([self.order, self.amend, self.cancel], [6, 2, 1])[0](account)
            try:
                command()
                if step % 5 == 0 or step == self.steps:
                    self.compare()
            except Difference as difference:
                raise Difference(f"step {step}: {difference}") from None

    # ---- commands

    def price(self, market):
        """Often one that the book has already, so that queues have a second order."""
        sides = self.exchange.markets[market["market_id"]].sides
        shown = sorted({*sides["buy"], *sides["sell"]})
        if shown and self.draw.random() < 0.6:
            return self.draw.choice(shown)
        tick = units(market["tick_size"])
        away = self.draw.randint(-market["ticks"], market["ticks"])
        return tick * (units(market["middle"]) // tick + away)

    def size(self, market):
        most = self.draw.choice([3, market["lots"], 5 * market["lots"]])
        return units(market["lot_size"]) * self.draw.randint(1, most)

    def order(self, account):
        market = self.draw.choice(MARKETS)
        self.last += 1
        kind = self.draw.choice(["limit"] * 3 + ["market"])
        tif = self.draw.choice(["gtc"] * 4 + ["ioc", "fok"]) if kind == "limit" else self.draw.choice(["ioc", "fok"])
        fields = {"id": f"c{self.last}", "market": market["market_id"], "side": self.draw.choice(["buy", "sell"]),
                  "type": kind, "price": self.price(market) if kind == "limit" else None, "size": self.size(market),
                  "tif": tif, "post_only": tif == "gtc" and self.draw.random() < 0.2,
                  "reduce_only": self.draw.random() < 0.25}
        words = ["order", market["symbol"], fields["side"], text(fields["size"]), "--tif", tif, "--client-id",
                 fields["id"], "--no-journal"]
        words += ["--at-market"] if kind == "market" else ["--price", text(fields["price"])]
        words += [flag for flag, name in (("--post-only", "post_only"), ("--reduce-only", "reduce_only")) if fields[name]]

        def act():
            theirs = self.omenctl[account](*words)
            try:
                ours = self.exchange.order(account, fields)
            except Refused as refused:
                return self.expect_refusal(theirs, str(refused))
            if ours.status == "cancelled" and ours.filled == 0:  # it moved the mark, and its wallet was liquidated
                return self.expect_refusal(theirs, "not_filled")
            if theirs.answer is None:
                raise Difference(f"{theirs.words}: refused with {theirs.error}")
            for name, value in (("status", ours.status), ("filled_size", text(ours.filled)),
                                ("average_price", text(ours.average())), ("size", text(ours.size))):
                self.count(f"{' '.join(words)}: {name}", theirs.answer.get(name), value)
        return act

    def known_order(self, account):
        """Mostly one that is open."""
        live = [order.id for order in self.exchange.wallets[account].orders]
        return self.draw.choice(live) if live else None

    def amend(self, account):
        id = self.known_order(account)
        if id is None:
            return self.order(account)
        order = self.exchange.orders[(account, id)]
        market = MARKETS[order.market.id - 1]
        price = self.price(market) if self.draw.random() < 0.6 else None
        size = self.size(market) if price is None or self.draw.random() < 0.5 else None
        if size is not None and self.draw.random() < 0.5:
            size = units(market["lot_size"]) * max(1, order.size // units(market["lot_size"]) - self.draw.randint(0, 3))
        words = ["amend", "--client-id", id, "--no-journal"]
        words += ["--price", text(price)] if price is not None else []
        words += ["--size", text(size)] if size is not None else []

        def act():
            theirs = self.omenctl[account](*words)
            try:
                keeps, remaining = self.exchange.amend(account, id, price, size)
            except Refused as refused:
                return self.expect_refusal(theirs, str(refused))
            if theirs.answer is None:
                raise Difference(f"{theirs.words}: refused with {theirs.error}")
            self.count(f"{' '.join(words)}: kept_priority", theirs.answer["kept_priority"], keeps)
            self.count(f"{' '.join(words)}: remaining_size", theirs.answer["remaining_size"], text(remaining))
        return act

    def cancel(self, account):
        id = self.known_order(account)
        if id is None:
            return self.order(account)

        def act():
            theirs = self.omenctl[account]("cancel", "--client-id", id, "--no-journal")
            remaining = self.exchange.cancel(account, id)
            answer = theirs.answer[0] if isinstance(theirs.answer, list) and theirs.answer else {}
            self.count(f"cancel {id}: remaining_size", answer.get("remaining_size"), text(remaining))
        return act

    def expect_refusal(self, theirs, code):
        self.count(f"{' '.join(theirs.words)}: refusal", theirs.error and theirs.error["code"], code)

    # ---- comparisons

    def count(self, what, theirs, ours):
        self.compared += 1
        expect(what, theirs, ours)

    def compare(self):
        for market in self.exchange.markets.values():
            self.compare_market(market)
        for account, wallet in self.exchange.wallets.items():
            self.compare_wallet(account, wallet)
        debt = self.omenctl["default"]("risk", "bad-debt").answer
        for market, theirs in zip(self.exchange.markets.values(), debt["markets"]):
            self.count(f"bad debt of {market.id}", theirs["bad_debt"], text(market.bad_debt))
        audit = self.omenctl["default"]("sandbox", "audit").answer
        self.count("audit: faults", audit["faults"], [])
        self.count("audit: fees", audit["fees"], text(sum(w.fees for w in self.exchange.wallets.values())))

    def compare_market(self, market):
        omenctl = self.omenctl["default"]
        ticker = omenctl("ticker", str(market.id)).answer
        ticker = ticker[0] if isinstance(ticker, list) else ticker
        longs = [max(w.positions[market.id].size, 0) for w in self.exchange.wallets.values()]
        shorts = [max(-w.positions[market.id].size, 0) for w in self.exchange.wallets.values()]
        for name, value in (("mark_price", self.exchange.marks[market.id]), ("last_price", market.last),
                            ("open_interest", max(sum(longs), sum(shorts)))):
            self.count(f"market {market.id}: {name}", ticker.get(name), text(value))
        book = omenctl("book", str(market.id), "--depth", "all").answer
        book = book[0] if isinstance(book, list) else book
        for name, side in (("bids", "buy"), ("asks", "sell")):
            ours = [{"price": text(price), "size": text(size)} for price, size in market.book(side)]
            self.count(f"market {market.id}: {name}", book[name], ours)

    def compare_wallet(self, account, wallet):
        omenctl = self.omenctl[account]
        theirs = omenctl("account").answer
        equity, used = self.exchange.equity(wallet), self.exchange.margin_used(wallet)
        ours = {"total": wallet.balance, "available": equity - used, "margin_used": used}
        for name, value in ours.items():
            self.count(f"{account}: {name}", theirs["balance"].get(name), text(value))
        realized = sum(position.realized for position in wallet.positions.values())
        ours = {"realized": realized, "unrealized": self.exchange.unrealized(wallet), "funding": 0, "fees": wallet.fees}
        for name, value in ours.items():
            self.count(f"{account}: {name}", theirs["pnl"].get(name), text(value))

        held = {position["market_id"]: position for position in omenctl("positions").answer}
        self.count(f"{account}: positions", sorted(held),
                   sorted(key for key, position in wallet.positions.items() if position.size))
        for key, position in held.items():
            for name, value in self.exchange.position(wallet, self.exchange.markets[key]).items():
                self.count(f"{account}: position in {key}: {name}", position.get(name), value)

        orders = omenctl("orders").answer
        self.count(f"{account}: orders", [order["client_order_id"] for order in orders],
                   [order.id for order in sorted(wallet.orders, key=lambda order: int(order.id[1:]))])
        for order in orders:
            own = self.exchange.orders[(account, order["client_order_id"])]
            for name, value in (("price", own.price), ("size", own.size), ("filled_size", own.filled),
                                ("average_price", own.average())):
                self.count(f"{account}: order {own.id}: {name}", order.get(name), text(value))

        fills = [(fill["client_order_id"].partition("-")[0], fill["price"], fill["size"], fill["fee"], fill["liquidity"])
                 for fill in omenctl("fills").answer]
        self.count(f"{account}: fills", fills, self.exchange.fills[account])


def run(seed, steps):
    with tempfile.TemporaryDirectory() as folder:
        flow = Flow(seed, steps)
        file = os.path.join(folder, "recording.ndjson")
        with open(file, "w") as out:
            out.write(flow.recording)
        # Until this process closes its end.
        sandbox = subprocess.Popen(
            [OMENCTL, "sandbox", "--rest-port", "0", "--gateway-port", "0", "--market-data-port", "0", "--recording",
             file, "--no-limits", "--funding-interval", "24h", "--exit-with-stdin"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            for _ in range(4):
                name, _, value = sandbox.stdout.readline().strip().partition("=")
                os.environ[name] = value
            flow.run()
        finally:
            sandbox.stdin.close()
            sandbox.wait()
    return flow.compared


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("seeds", type=int, nargs="+")
    options = parser.parse_args()
    for seed in options.seeds:
        try:
            print(f"seed {seed}: {run(seed, options.steps)} values are the same", flush=True)
        except Difference as difference:
            sys.exit(f"seed {seed}: {difference}")


main()
