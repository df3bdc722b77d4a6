// stream.js CHANNEL: decodes and prints every trade or delta, until the connection ends. With ws (compression off) and
// msgpackr; lines are gathered to 60 KB a write, as omenctl does.
"use strict";
const WebSocket = require("ws");
const { pack, unpack } = require("msgpackr");

/** A scaled integer as a decimal that people write. */
function human(amount) {
  const digits = amount.padStart(19, "0");
  const whole = digits.slice(0, -18);
  let end = digits.length;
  while (end > whole.length && digits[end - 1] === "0") --end;
  return end > whole.length ? whole + "." + digits.slice(whole.length, end) : whole;
}

const levels = (side) => side.map(([price, size]) => ({ price: human(price), size: human(size) }));

// A sequence beyond 32 bits comes as a BigInt.
const delta = ([, market_id, sequence, timestamp, bids, asks]) => ({
  type: "delta",
  market_id,
  sequence: Number(sequence),
  timestamp: Number(timestamp),
  bids: levels(bids),
  asks: levels(asks),
});
const trade = ([, market_id, trade_id, timestamp, price, size, side]) => ({
  type: "trade",
  market_id,
  trade_id,
  timestamp: Number(timestamp),
  price: human(price),
  size: human(size),
  side,
});
const known = { trade, orderbook_delta: delta, orderbook_snapshot: delta };

let lines = "";
function flush() {
  if (lines) process.stdout.write(lines);
  lines = "";
}

const socket = new WebSocket(process.env.OMENCTL_MARKET_DATA_URL, { perMessageDeflate: false });
socket.on("open", () => socket.send(pack({ type: "subscribe", channel: process.argv[2] })));
socket.on("message", (message) => {
  const event = unpack(message);
  if (known[event[0]]) lines += JSON.stringify(known[event[0]](event)) + "\n";
  if (lines.length > 60000) flush();
});
socket.on("close", flush);
