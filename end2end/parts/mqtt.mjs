//! As much of MQTT as benches and journeys need: a client that publishes with QoS 1, and an ear on the line.

import { connect, createServer } from 'node:net';

const CONNECT = 0x10;
const CONNACK = 0x20;
const PUBLISH_QOS1 = 0x32;
const PUBACK = 0x40;
const DISCONNECT = 0xe0;

/** A string with its length in two bytes before it. */
function text(value) {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A packet: its first byte, the length of what follows in groups of seven bits, what follows. */
function packet(first, ...parts) {
  const body = Buffer.concat(parts);
  const head = [first];
  let rest = body.length;
  do {
    head.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.concat([Buffer.from(head), body]);
}

export class Publisher {
  /** Connects to the endpoint on `port` of this machine. */
  static async connect(port, client) {
    const publisher = new Publisher();
    publisher.socket = connect(port, '127.0.0.1');
    publisher.socket.setNoDelay(true);
    const keepAliveSecs = 0;
    const cleanSession = 0x02;
    const header = Buffer.from([4, cleanSession, keepAliveSecs, keepAliveSecs]);
    publisher.socket.write(packet(CONNECT, text('MQTT'), header, text(client)));
    await new Promise((done, fail) => {
      publisher.onConnected = done;
      publisher.socket.once('error', fail);
      publisher.socket.once('close', () => fail(new Error('the endpoint closed the connection')));
      publisher.socket.on('data', packets((first, body) => publisher.#take(first, body)));
    });
    return publisher;
  }

  constructor() {
    this.acknowledged = 0;
    this.sent = 0;
  }

  /** Hands one message to the socket. */
  publish(topic, message) {
    this.sent += 1;
    const id = Buffer.alloc(2);
    id.writeUInt16BE((this.sent % 65_535) + 1);
    this.socket.write(packet(PUBLISH_QOS1, text(topic), id, Buffer.from(message)));
  }

  end() {
    this.socket.end(Buffer.from([DISCONNECT, 0]));
  }

  #take(first, body) {
    if (first === PUBACK) {
      this.acknowledged += 1;
    } else if (first === CONNACK && body[1] === 0) {
      this.onConnected();
    } else {
      throw new Error(`packet ${first} with ${body.toString('hex')} was not expected`);
    }
  }
}

/** Calls `take` with the first byte and the body of every whole packet in a stream of bytes. */
function packets(take) {
  let rest = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    for (;;) {
      let [length, at, isWhole] = [0, 1, false];
      for (let shift = 0; at < rest.length && !isWhole; shift += 7) {
        length += (rest[at] & 0x7f) << shift;
        isWhole = rest[at] < 0x80;
        at += 1;
      }
      if (!isWhole || rest.length < at + length) return;
      take(rest[0], rest.subarray(at, at + length));
      rest = rest.subarray(at + length);
    }
  };
}

/** Passes every byte between clients and an endpoint on, and hears what is published and acknowledged. */
export class Ear {
  /** Listens on a free port in front of the endpoint on `port`. */
  static async before(port) {
    const ear = new Ear();
    ear.server = createServer((client) => ear.#pass(client, connect(port, '127.0.0.1')));
    await new Promise((done) => ear.server.listen(0, '127.0.0.1', done));
    ear.port = ear.server.address().port;
    return ear;
  }

  constructor() {
    /** Every publish in order: `{ topic, message, isAcknowledged }`. */
    this.heard = [];
  }

  close() {
    this.server.close();
  }

  #pass(client, endpoint) {
    const unacknowledged = new Map();
    const hear = packets((first, body) => {
      if (first >> 4 !== PUBLISH_QOS1 >> 4) return;
      const topicEnd = 2 + body.readUInt16BE(0);
      // Between topic and message stand a number and, in MQTT 5, properties: none of them has a brace.
      const message = body.subarray(body.indexOf('{', topicEnd)).toString();
      const publish = { topic: body.subarray(2, topicEnd).toString(), message, isAcknowledged: false };
      this.heard.push(publish);
      unacknowledged.set(body.readUInt16BE(topicEnd), publish);
    });
    const answer = packets((first, body) => {
      if (first !== PUBACK) return;
      const publish = unacknowledged.get(body.readUInt16BE(0));
      if (publish) publish.isAcknowledged = true;
    });
    client.on('data', hear);
    endpoint.on('data', answer);
    for (const [from, to] of [[client, endpoint], [endpoint, client]]) {
      from.pipe(to);
      from.once('error', () => to.destroy());
      from.once('close', () => to.destroy());
    }
  }
}
