import { isCloudResponse, parseCloudMessage, serializeCloudResponse } from '../protocols/dahua/cloud-message.ts';
import { type Endpoint, sameEndpoint } from '../protocols/dahua/endpoint.ts';
import { type DahuaPort, openDahuaPort } from './dahua-port.ts';

/** A relay data server: a port that connects a client and a device. It only forwards datagrams. */
export class DahuaAgent {
  readonly token: string;
  readonly #socket: DahuaPort;
  #client: Endpoint | undefined;
  #device: Endpoint | undefined;

  static async start(token: string): Promise<DahuaAgent> {
    return new DahuaAgent(token, await openDahuaPort());
  }

  private constructor(token: string, socket: DahuaPort) {
    this.token = token;
    this.#socket = socket;
    socket.onMessage = (datagram, from) => this.#start(datagram, from);
    socket.onPtcp = (datagram, from) => this.#forward(datagram, from);
  }

  get endpoint(): Endpoint {
    return this.#socket.local;
  }

  /** The device joins. Its answer to the client is sent from this port, and forwarding begins only now. */
  join(device: Endpoint, answer: Uint8Array): void {
    this.#device = device;
    if (this.#client) this.#socket.send(this.#client, answer);
  }

  close(): void {
    this.#socket.close();
  }

  /** Real agents send an XML declaration and include two line ends after the body in its length. */
  #start(datagram: Uint8Array, from: Endpoint): void {
    const request = parseCloudMessage(datagram);
    if (isCloudResponse(request) || request.path !== `/relay/start/${this.token}`) return;
    this.#client = from;
    const sid = this.token.slice(this.token.indexOf('-') + 1);
    const reply = serializeCloudResponse({
      status: 200,
      reason: 'OK',
      headers: request.headers.filter(([name]) => name === 'CSeq'),
      body: `<?xml version="1.0" encoding="UTF-8"?><body><SID>${sid}</SID><Time>30</Time></body>\r\n\r\n`,
    });
    this.#socket.send(from, reply);
  }

  #forward(datagram: Uint8Array, from: Endpoint): void {
    if (!this.#client || !this.#device) return;
    if (sameEndpoint(from, this.#client)) this.#socket.send(this.#device, datagram);
    else if (sameEndpoint(from, this.#device)) this.#socket.send(this.#client, datagram);
  }
}
