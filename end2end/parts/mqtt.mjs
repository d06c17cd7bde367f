//! As much of an MQTT 3.1.1 client as a bench needs: connect, publish with QoS 1, hear the acknowledgements.

import { connect } from 'node:net';

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
      publisher.socket.on('data', (bytes) => publisher.#take(bytes));
    });
    return publisher;
  }

  constructor() {
    this.acknowledged = 0;
    this.sent = 0;
    this.rest = Buffer.alloc(0);
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

  /** What a server sends this client is four bytes a packet, its length included. */
  #take(bytes) {
    this.rest = Buffer.concat([this.rest, bytes]);
    for (; this.rest.length >= 4; this.rest = this.rest.subarray(4)) {
      const [kind, length, , code] = this.rest;
      if (length !== 2) throw new Error(`a packet of ${length} bytes was not expected`);
      if (kind === PUBACK) {
        this.acknowledged += 1;
      } else if (kind === CONNACK && code === 0) {
        this.onConnected();
      } else {
        throw new Error(`packet ${kind} with ${code} was not expected`);
      }
    }
  }
}
