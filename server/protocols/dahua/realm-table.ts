import { GatewayError } from '../../platform/errors.ts';
import { Fifo } from './fifo.ts';
import { MAX_DATA_BYTES, serializeTouFrame, type TouFrame } from './tou-frame.ts';

/** The events of one realm, for its owner. */
export type RealmListener = {
  connected(): void;
  data(bytes: Uint8Array): void;
  /** Everything that was written has been sent to the peer. */
  drained(): void;
  /** The reason is missing when the peer ended the realm in the regular way. */
  closed(reason: GatewayError | undefined): void;
};

/** The underlying stream: it takes whole frames and says how many bytes it has not sent yet. */
export type RealmCarrier = {
  write(bytes: Uint8Array): void;
  readonly unsentBytes: number;
};

/** The limit of open realms in one tunnel. Devices allow about fifty. */
const MAX_REALMS = 256;
/** Beyond this many bytes, frames wait in their realms and take turns. */
const MAX_UNSENT_BYTES = 32 * 1024;

/** One TCP connection inside the device. */
export class Realm {
  readonly id: number;
  readonly port: number;
  readonly listener: RealmListener;
  /** True when the peer asked for it, which means that we are the device. */
  readonly isAdopted: boolean;
  readonly outgoing = new Fifo<Uint8Array>();
  state: 'opening' | 'open' | 'ending' | 'closed' = 'opening';

  constructor(id: number, port: number, listener: RealmListener, isAdopted: boolean) {
    this.id = id;
    this.port = port;
    this.listener = listener;
    this.isAdopted = isAdopted;
  }
}

/** All realms of a tunnel, for either end: which are open, which one sends next, and to which one a frame belongs. */
export class RealmTable {
  readonly #carrier: RealmCarrier;
  readonly #realms = new Map<number, Realm>();
  /** Realms with something to send, in the order of their turns. */
  readonly #turns = new Fifo<Realm>();
  #isPumping = false;

  constructor(carrier: RealmCarrier) {
    this.#carrier = carrier;
  }

  get size(): number {
    return this.#realms.size;
  }

  has(id: number): boolean {
    return this.#realms.has(id);
  }

  /** Asks the device for a connection to one of its ports. */
  open(id: number, port: number, listener: RealmListener): Realm {
    const realm = this.#add(id, port, listener, false);
    this.#carrier.write(serializeTouFrame({ type: 'bind', realm: id, port }));
    return realm;
  }

  /** The device's side: a bind arrived and is being connected; `confirm` or `close` follows. */
  adopt(id: number, port: number, listener: RealmListener): Realm {
    return this.#add(id, port, listener, true);
  }

  confirm(realm: Realm): void {
    realm.state = 'open';
    this.#carrier.write(serializeTouFrame({ type: 'connected', realm: realm.id }));
  }

  /** `bytes` is kept, not copied, until the listener hears `drained`. */
  write(realm: Realm, bytes: Uint8Array): void {
    if (realm.state !== 'open') return;
    const isWaiting = realm.outgoing.length > 0;
    for (let at = 0; at < bytes.length; at += MAX_DATA_BYTES)
      realm.outgoing.push(bytes.subarray(at, at + MAX_DATA_BYTES));
    if (!isWaiting && realm.outgoing.length > 0) this.#turns.push(realm);
    this.pump();
  }

  /** Says DISC once everything written has gone. */
  end(realm: Realm): void {
    if (realm.state === 'closed') return;
    if (realm.outgoing.length > 0) realm.state = 'ending';
    else this.#disconnect(realm);
  }

  /** Drops what is unsent and says DISC. The listener hears nothing more. */
  destroy(realm: Realm): void {
    if (realm.state === 'closed') return;
    realm.outgoing.clear();
    this.#disconnect(realm);
  }

  /** Returns true for frames that concern realms; the others are the session's business. */
  receive(frame: TouFrame): boolean {
    if (frame.type !== 'data' && frame.type !== 'connected' && frame.type !== 'disconnected') return false;
    const realm = this.#realms.get(frame.realm);
    if (!realm) return true; // The frame was still on its way when its realm was closed.
    if (frame.type === 'data') realm.listener.data(frame.bytes);
    else if (frame.type === 'connected') this.#connected(realm);
    else this.#disconnected(realm);
    return true;
  }

  /** Fills the stream below: every waiting realm gets one frame per round. */
  pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (this.#carrier.unsentBytes < MAX_UNSENT_BYTES) {
      const realm = this.#turns.shift();
      if (!realm) break;
      this.#sendOne(realm);
    }
    this.#isPumping = false;
  }

  /** The tunnel is gone. */
  closeAll(reason: GatewayError): void {
    for (const realm of [...this.#realms.values()]) {
      this.#forget(realm);
      realm.listener.closed(reason);
    }
  }

  #sendOne(realm: Realm): void {
    const bytes = realm.outgoing.shift();
    if (!bytes) return;
    this.#carrier.write(serializeTouFrame({ type: 'data', realm: realm.id, bytes }));
    if (realm.outgoing.length > 0) this.#turns.push(realm);
    else if (realm.state === 'ending') this.#disconnect(realm);
    else realm.listener.drained();
  }

  #add(id: number, port: number, listener: RealmListener, isAdopted: boolean): Realm {
    if (this.#realms.size >= MAX_REALMS) {
      throw new GatewayError('no-free-session', `No more than ${MAX_REALMS} connections fit one Dahua device.`);
    }
    const realm = new Realm(id, port, listener, isAdopted);
    this.#realms.set(id, realm);
    return realm;
  }

  #connected(realm: Realm): void {
    if (realm.state !== 'opening') return;
    realm.state = 'open';
    realm.listener.connected();
  }

  #disconnected(realm: Realm): void {
    const reason =
      realm.state === 'opening'
        ? new GatewayError('refused', `The device does not answer on its port ${realm.port}. Check the port.`)
        : undefined;
    // Devices confirm the end with their own DISC, and existing clients wait for it.
    if (realm.isAdopted) this.#disconnect(realm);
    else this.#forget(realm);
    realm.listener.closed(reason);
  }

  #disconnect(realm: Realm): void {
    this.#forget(realm);
    this.#carrier.write(serializeTouFrame({ type: 'disconnected', realm: realm.id }));
  }

  #forget(realm: Realm): void {
    realm.state = 'closed';
    realm.outgoing.clear();
    this.#realms.delete(realm.id);
  }
}
