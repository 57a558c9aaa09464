import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Passes on what comes to an address of this machine, as a load balancer in front of a cluster does. */
export class Forwarder {
  readonly #from: Address;
  readonly #to: Address;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  constructor(from: Address, to: Address) {
    this.#from = from;
    this.#to = to;
  }

  async start(): Promise<void> {
    this.#server = createServer((incoming) => {
      const outgoing = connect(this.#to);
      for (const [one, other] of [
        [incoming, outgoing],
        [outgoing, incoming],
      ] as const) {
        this.#sockets.add(one);
        one.on("error", () => other.destroy());
        one.on("close", () => {
          this.#sockets.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
    this.#server.listen(this.#from);
    await once(this.#server, "listening");
  }

  /** Ends what goes through it, too. */
  async stop(): Promise<void> {
    if (this.#server === undefined) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    this.#server = undefined;
  }
}
