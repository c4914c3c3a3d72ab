import { readFile } from 'node:fs/promises';
import protobuf from 'protobufjs';
import WebSocket from 'ws';
import { EventQueue } from './eventQueue.mjs';
import { within } from './within.mjs';

// The types as clients have them: of their description, not of the server.
const { root } = protobuf.parse(`syntax = "proto3";
  enum PackageType { UNKNOWN = 0; SIGN_IN = 1; HEARTBEAT = 2; MESSAGE = 3; MEMBERS = 4; }
  enum MsgLevel { NORMAL = 0; IMPORTANT = 1; }
  message Req { PackageType type = 1; bytes data = 2; }
  message Reply { PackageType type = 1; bytes data = 2; }
  message Err { int32 code = 1; string msg = 2; }
  message SignIn { string token = 1; string roomID = 2; }
  message BroadcastRoomReq { string roomID = 1; MsgLevel msgLv = 2; bytes data = 3; }`, { keepCase: true });

export const PackageType = root.lookupEnum('PackageType').values;

/** The bytes of a message of one type. */
export const encode = (name, fields) => root.lookupType(name).encode(fields).finish();

const decode = (name, bytes) => root.lookupType(name).decode(bytes);

/** A client of the chat room door. */
export class RoomClient {
  /** Answers: `{ code, msg }`, `'pong'`, or a number of members. */
  answers = new EventQueue('answers of /room');

  /** Messages: `{ roomID, msgLv, texts }`, a pack each. */
  packs = new EventQueue('packs of /room');

  /** Every frame, as it came. */
  frames = [];

  /** Resolves with the close code and the reason. */
  closed;

  constructor(socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.on('close', (code, reason) => resolve({ code, reason: `${reason}` })));
    socket.on('error', () => {});
    socket.on('message', (bytes) => this.#read(bytes));
  }

  /** Connects; ends with the test `t`. */
  static async open(t, server, options) {
    const socket = new WebSocket(server.url('/room', 'ws'), options);
    t.after(() => socket.terminate());
    const client = new RoomClient(socket);
    await within(new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    }), 'The opening of /room');
    return client;
  }

  /** Connects and signs in. */
  static async enter(t, server, user, room, options) {
    const client = await RoomClient.open(t, server, options);
    const answer = await client.signIn(await server.token(user), room);
    if (answer.code !== 0) throw new Error(`${user} was refused: ${answer.msg}`);
    return client;
  }

  send(type, data = Buffer.alloc(0)) {
    this.socket.send(encode('Req', { type, data }));
  }

  async signIn(token, roomID) {
    this.send(PackageType.SIGN_IN, encode('SignIn', { token, roomID }));
    return this.answers.next();
  }

  say(roomID, data, msgLv = 0) {
    this.send(PackageType.MESSAGE, encode('BroadcastRoomReq', { roomID, msgLv, data: Buffer.from(data) }));
  }

  async ask(type) {
    this.send(type);
    return this.answers.next();
  }

  #read(bytes) {
    this.frames.push(bytes);
    const { type, data } = decode('Reply', bytes);
    if (type === PackageType.MESSAGE) {
      const { roomID, msgLv, data: packed } = decode('BroadcastRoomReq', data);
      this.packs.add({ roomID, msgLv, payloads: unpack(Buffer.from(packed)) });
    } else if (type === PackageType.UNKNOWN) {
      const { code, msg } = decode('Err', data);
      this.answers.add({ code, msg });
    } else {
      const text = Buffer.from(data).toString();
      this.answers.add(type === PackageType.MEMBERS ? Number(text) : text);
    }
  }
}

/** What is behind each length; text where it is text. */
function unpack(packed) {
  const payloads = [];
  for (let at = 0; at < packed.length;) {
    const length = packed.readUInt32LE(at);
    payloads.push(packed.toString('utf8', at + 4, at + 4 + length));
    at += 4 + length;
  }
  return payloads;
}

/** The types as the server has them: what is in both must be the same. */
export async function serverTypes(path) {
  return protobuf.parse(await readFile(path, 'utf8'), { keepCase: true }).root;
}

export const clientTypes = root;
