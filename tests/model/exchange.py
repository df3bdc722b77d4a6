"""The local exchange, as omenctl-sandbox(7) says that it computes. Written from that page alone.

Amounts are whole numbers of units of 1e-18; Fraction keeps a product or quotient exact until it is rounded."""

from fractions import Fraction
from math import ceil, floor

ONE = 10**18


def units(text):
    whole, _, part = text.lstrip("-").partition(".")
    amount = int(whole or 0) * ONE + int(part.ljust(18, "0") or 0)
    return -amount if text.startswith("-") else amount


def text(amount):
    if amount is None:
        return None
    whole, part = divmod(abs(amount), ONE)
    digits = f"{whole}.{part:018}".rstrip("0").rstrip(".")
    return "-" + digits if amount < 0 else digits


def up(value):
    return ceil(value) if value >= 0 else floor(value)


def cut(value):
    return floor(value) if value >= 0 else ceil(value)


def product(left, right):
    return Fraction(left * right, ONE)


def quotient(left, right):
    return Fraction(left * ONE, right)


class Market:
    def __init__(self, listing, bids, asks, index):
        self.id = listing["market_id"]
        self.tick, self.lot = listing["tick_size"], listing["lot_size"]
        self.initial, self.maintenance = listing["initial_margin"], listing["maintenance_margin"]
        self.maker_fee, self.taker_fee = listing["maker_fee"], listing["taker_fee"]
        self.index = index
        self.last = None
        # By price: what waits there, oldest first, each [order or None for the house, size].
        self.sides = {"buy": {price: [[None, size]] for price, size in bids},
                      "sell": {price: [[None, size]] for price, size in asks}}
        self.bad_debt = 0

    def prices(self, side):
        return sorted(self.sides[side], reverse=side == "buy")

    def book(self, side):
        return [(price, sum(size for _, size in self.sides[side][price])) for price in self.prices(side)]

    def mark(self):
        bids, asks = self.prices("buy"), self.prices("sell")
        if bids and asks:
            book = cut(Fraction(bids[0] + asks[0], 2))
        elif self.last is not None:
            book = self.last
        elif bids or asks:
            book = (bids or asks)[0]
        else:
            book = self.index
        last = self.last if self.last is not None else book
        return sorted([book, last, self.index])[1]


class Position:
    def __init__(self):
        self.size = self.cost = self.realized = 0

    def fill(self, side, price, amount):
        round_value = up if side == "buy" else cut
        sign = 1 if side == "buy" else -1
        closed = min(amount, abs(self.size)) if self.size * sign < 0 else 0
        if closed:
            is_long = self.size > 0
            cost = (up if is_long else cut)(Fraction(self.cost * closed, abs(self.size)))
            value = round_value(product(price, closed))
            self.realized += value - cost if is_long else cost - value
            self.cost -= cost
            self.size += sign * closed
        if amount > closed:
            self.cost += round_value(product(price, amount - closed))
            self.size += sign * (amount - closed)

    def unrealized(self, mark):
        if self.size < 0:
            return self.cost - up(product(mark, -self.size))
        return cut(product(mark, self.size)) - self.cost


class Wallet:
    def __init__(self, deposit, markets):
        self.balance = deposit
        self.fees = 0
        self.positions = {market.id: Position() for market in markets}
        self.deficits = {market.id: 0 for market in markets}
        self.orders = []  # open ones, oldest first

    def copy(self):
        other = Wallet(self.balance, [])
        other.fees, other.deficits, other.orders = self.fees, dict(self.deficits), list(self.orders)
        for key, position in self.positions.items():
            other.positions[key] = Position()
            other.positions[key].__dict__.update(position.__dict__)
        return other

    def change(self, market, amount):
        before, self.balance = max(0, -self.balance), self.balance + amount
        debt = max(0, -self.balance)
        if debt > before:
            self.deficits[market.id] += debt - before
        covered = before - debt
        for key in [market.id, *self.deficits]:
            part = min(max(covered, 0), self.deficits[key])
            self.deficits[key] -= part
            covered -= part

    def fill(self, market, side, price, size, fee):
        position = self.positions[market.id]
        before = position.realized
        position.fill(side, price, size)
        self.change(market, position.realized - before - fee)
        self.fees += fee


class Order:
    def __init__(self, wallet, market, fields):
        self.wallet, self.market = wallet, market
        self.id, self.side, self.type = fields["id"], fields["side"], fields["type"]
        self.price, self.size, self.tif = fields["price"], fields["size"], fields["tif"]
        self.post_only, self.reduce_only = fields["post_only"], fields["reduce_only"]
        self.filled = self.value = 0
        self.status = "open"

    def remaining(self):
        return self.size - self.filled

    def average(self):
        return cut(quotient(self.value, self.filled)) if self.filled else None


class Refused(Exception):
    pass


OTHER = {"buy": "sell", "sell": "buy"}


class Exchange:
    def __init__(self, markets, wallets):
        self.markets = {market.id: market for market in markets}
        self.wallets = {name: Wallet(deposit, markets) for name, deposit in wallets.items()}
        self.fills = {name: [] for name in wallets}
        self.marks = {market.id: market.mark() for market in markets}
        self.orders = {}

    # ---- what a wallet comes to

    def unrealized(self, wallet):
        return sum(position.unrealized(self.marks[key]) for key, position in wallet.positions.items())

    def equity(self, wallet):
        return wallet.balance + self.unrealized(wallet)

    def open_value(self, wallet, market, side, instead=None):
        orders = [order for order in wallet.orders
                  if order.market is market and order.side == side and not order.reduce_only and order is not instead]
        return sum(up(product(order.price, order.remaining())) for order in orders)

    def margin_used(self, wallet, instead=None, rest=None):
        """`instead`: an order that is left out; `rest`: (market, side, value) that is open besides."""
        used = 0
        for key, market in self.markets.items():
            size = wallet.positions[key].size
            value = up(product(self.marks[key], abs(size))) * (-1 if size < 0 else 1)
            worth = {side: self.open_value(wallet, market, side, instead) for side in OTHER}
            if rest and rest[0] is market:
                worth[rest[1]] += rest[2]
            used += up(product(max(abs(value + worth["buy"]), abs(value - worth["sell"])), market.initial))
        return used

    def maintenance(self, wallet, market):
        value = up(product(self.marks[market.id], abs(wallet.positions[market.id].size)))
        return up(product(value, market.maintenance))

    def position(self, wallet, market):
        held, mark = wallet.positions[market.id], self.marks[market.id]
        size = abs(held.size)
        value = up(product(mark, size))
        equity = self.equity(wallet)
        own = self.maintenance(wallet, market)
        spare = equity - sum(self.maintenance(wallet, each) for each in self.markets.values()) + own
        if held.size > 0:
            price = cut(quotient(cut(quotient(value - spare, ONE - market.maintenance)), size))
            price = -(-price // market.tick) * market.tick if price > 0 else None
        else:
            price = cut(quotient(cut(quotient(value + spare, ONE + market.maintenance)), size))
            price = price // market.tick * market.tick if price > 0 else None
        return {"side": "long" if held.size > 0 else "short", "size": text(size),
                "entry_price": text(cut(quotient(held.cost, size))), "mark_price": text(mark),
                "liquidation_price": text(price), "margin": text(up(product(value, market.initial))),
                "leverage": text(up(quotient(value, equity))) if equity > 0 else None,
                "unrealized_pnl": text(held.unrealized(mark)), "realized_pnl": text(held.realized)}

    # ---- what an order would do

    def reducible(self, wallet, market, side):
        size = wallet.positions[market.id].size
        return abs(size) if (size < 0) == (side == "buy") and size else 0

    def plan(self, order, size, price):
        """[(entry's price, entry, what is taken)]; taken is None where self-trade prevention cancels it, and a fourth
        value says whether a reduce-only maker has nothing more to give."""
        steps, given = [], {}
        for at in order.market.prices(OTHER[order.side]):
            if price is not None and (at > price if order.side == "buy" else at < price):
                break
            for entry in order.market.sides[OTHER[order.side]][at]:
                if size == 0:
                    return steps, size
                maker = entry[0]
                if maker and maker.wallet is order.wallet:
                    steps.append((at, entry, None, False))
                    continue
                covered = entry[1]
                if maker and maker.reduce_only:
                    left = self.reducible(maker.wallet, maker.market, maker.side) - given.get(id(maker.wallet), 0)
                    covered = max(0, min(covered, left))
                taken = min(size, covered)
                size -= taken
                if maker:
                    given[id(maker.wallet)] = given.get(id(maker.wallet), 0) + taken
                steps.append((at, entry, taken, taken == covered and covered < entry[1]))
        return steps, size

    def check_margin(self, order, size, steps, rest, price, amends):
        wallet, market = order.wallet, order.market
        if order.reduce_only:
            return
        if amends and rest <= order.remaining() and not any(taken for _, _, taken, _ in steps) and \
                up(product(price, rest)) <= up(product(order.price, order.remaining())):
            return
        open_size = sum(other.remaining() for other in wallet.orders if other.market is market and
                        other.side == order.side and not other.reduce_only and other is not order)
        if size + open_size <= self.reducible(wallet, market, order.side):
            return
        tried = wallet.copy()
        for at, entry, taken, _ in steps:
            if taken is None:
                tried.orders.remove(entry[0])
            elif taken:
                tried.fill(market, order.side, at, taken, self.fee(at, taken, market.taker_fee))
        value = up(product(price, rest)) if rest else 0
        fee = max(0, self.fee(price, rest, market.taker_fee)) if rest else 0
        resting = self.equity(tried) - self.margin_used(tried, order, (market, order.side, value)) - fee
        if rest:
            tried.fill(market, order.side, price, rest, fee)
        filled = self.equity(tried) - self.margin_used(tried, order)
        if min(resting, filled) < 0:
            raise Refused("insufficient_margin")

    @staticmethod
    def fee(price, size, rate):
        rounding = up if rate >= 0 else cut
        return rounding(product(rounding(product(price, size)), rate))

    # ---- commands

    def order(self, name, fields):
        wallet = self.wallets[name]
        order = Order(wallet, self.markets[fields["market"]], fields)
        rests = order.type == "limit" and order.tif == "gtc"
        if order.reduce_only:
            left = self.reducible(wallet, order.market, order.side)
            if left == 0:
                raise Refused("reduce_only")
            if not rests:
                order.size = min(order.size, left)
            elif order.size > left - self.reducing(wallet, order):
                raise Refused("reduce_only")
        steps = self.admit(order, order.size, order.price, rests, amends=False)
        self.orders[(name, order.id)] = order
        self.carry_out(order, steps)
        if order.remaining() and order.status in ("open", "partially_filled"):
            if rests:
                self.rest(order)
            else:
                order.status = "cancelled"
        self.finish()
        return order

    def reducing(self, wallet, order):
        return sum(other.remaining() for other in wallet.orders
                   if other.market is order.market and other.reduce_only and other is not order)

    def admit(self, order, size, price, rests, amends):
        best = order.market.prices(OTHER[order.side])
        if order.post_only and best and (best[0] <= price if order.side == "buy" else best[0] >= price):
            raise Refused("would_cross")
        steps, left = self.plan(order, size, price)
        if not rests and not amends:
            if order.tif == "fok" and left:
                raise Refused("would_not_fill")
            if left == size:
                raise Refused("not_filled")
        self.check_margin(order, size, steps, left if rests else 0, price, amends)
        return steps

    def amend(self, name, id, price, size):
        order = self.orders[(name, id)]
        price = order.price if price is None else price
        size = order.size if size is None else size
        if size <= order.filled:
            raise Refused("invalid_size")
        rest = size - order.filled
        if order.reduce_only and rest > self.reducible(order.wallet, order.market, order.side) - \
                self.reducing(order.wallet, order):
            raise Refused("reduce_only")
        keeps = price == order.price and rest <= order.remaining()
        steps = [] if keeps else self.admit(order, rest, price, True, amends=True)
        if keeps:
            entry = next(entry for entry in order.market.sides[order.side][price] if entry[0] is order)
            entry[1] = rest
            order.size = size
        else:
            self.leave(order)
            order.price, order.size = price, size
            self.carry_out(order, steps)
            if order.remaining():
                self.rest(order)
            elif order in order.wallet.orders:
                order.wallet.orders.remove(order)
        self.finish()
        return keeps, order.remaining()

    def cancel(self, name, id):
        order = self.orders[(name, id)]
        self.end(order)
        self.finish()
        return order.remaining()

    # ---- what follows

    def rest(self, order):
        order.market.sides[order.side].setdefault(order.price, []).append([order, order.remaining()])
        if order not in order.wallet.orders:
            order.wallet.orders.append(order)

    def leave(self, order):
        """Takes it out of the book."""
        queue = order.market.sides[order.side][order.price]
        queue[:] = [entry for entry in queue if entry[0] is not order]
        if not queue:
            del order.market.sides[order.side][order.price]

    def end(self, order):
        self.leave(order)
        order.wallet.orders.remove(order)
        order.status = "cancelled"

    def carry_out(self, order, steps):
        for _, entry, taken, _ in steps:
            if taken is None:
                self.end(entry[0])
        for at, entry, taken, _ in steps:
            if taken:
                self.trade(order, entry, at, taken)
        for _, entry, taken, is_uncovered in steps:
            if taken is not None and is_uncovered:
                self.end(entry[0])

    def trade(self, taker, entry, price, size):
        market, maker = taker.market, entry[0]
        market.last = price
        entry[1] -= size
        if maker:
            self.fill(maker, price, size, market.maker_fee, "maker")
        if entry[1] == 0:
            side = market.sides[OTHER[taker.side]]
            side[price] = [each for each in side[price] if each is not entry]
            if not side[price]:
                del side[price]
            if maker and maker.status == "filled":
                maker.wallet.orders.remove(maker)
        self.fill(taker, price, size, market.taker_fee, "taker")

    def fill(self, order, price, size, rate, liquidity):
        fee = self.fee(price, size, rate)
        order.wallet.fill(order.market, order.side, price, size, fee)
        order.filled += size
        order.value += cut(product(price, size))
        order.status = "partially_filled" if order.remaining() else "filled"
        name = next(name for name, wallet in self.wallets.items() if wallet is order.wallet)
        self.fills[name].append((order.id, text(price), text(size), text(fee), liquidity))

    def finish(self):
        self.settle()
        tried = []
        while True:
            endangered = [wallet for wallet in self.wallets.values() if wallet not in tried and self.is_endangered(wallet)]
            if not endangered:
                return
            tried.append(endangered[0])
            self.liquidate(endangered[0])
            self.settle()

    def settle(self):
        """Reduce-only orders that are no longer covered go, and marks move."""
        for wallet in self.wallets.values():
            used = {}
            for order in [order for order in wallet.orders if order.reduce_only]:
                so_far = used.get(order.market.id, 0)
                if order.remaining() + so_far <= self.reducible(wallet, order.market, order.side):
                    used[order.market.id] = so_far + order.remaining()
                else:
                    self.end(order)
        for key, market in self.markets.items():
            self.marks[key] = market.mark()

    def is_endangered(self, wallet):
        if wallet.balance >= 0 and not any(position.size for position in wallet.positions.values()):
            return False
        return self.equity(wallet) < sum(self.maintenance(wallet, market) for market in self.markets.values())

    def liquidate(self, wallet):
        for order in list(wallet.orders):
            self.end(order)
        for market in self.markets.values():
            size = wallet.positions[market.id].size
            if not size:
                continue
            order = Order(wallet, market, {"id": "liquidation", "side": "sell" if size > 0 else "buy", "type": "market",
                                           "price": None, "size": abs(size), "tif": "ioc", "post_only": False,
                                           "reduce_only": True})
            steps, _ = self.plan(order, order.size, None)
            if any(taken for _, _, taken, _ in steps):
                self.carry_out(order, steps)
        left = -max(wallet.balance, self.equity(wallet))
        for market in self.markets.values():
            debt = min(max(left, 0), wallet.deficits[market.id])
            left -= debt
            wallet.change(market, debt)
            market.bad_debt += debt
