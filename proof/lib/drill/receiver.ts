import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { hostAndPort } from "../../../scripts/lib/address.js";

/** An alert as Alertmanager tells of it. */
export interface Notified {
  /** Which of the bundle's receivers was told: the path of its address. */
  readonly receiver: string;
  readonly status: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** When it was told, in milliseconds since 1970. */
  readonly at: number;
}

/** A receiver of webhooks. */
export interface Receiver {
  readonly host: string;
  readonly port: number;
  /** Its address for the webhook of that receiver. */
  url(receiver: string): string;
  /** Everything that it was told, in order. */
  readonly notified: readonly Notified[];
  close(): void;
}

/**
 * Listens for webhooks, at a port that was free.
 *
 * Source: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export async function receiver(host: string): Promise<Receiver> {
  const notified: Notified[] = [];
  const server = createServer(async (request, response) => {
    const { alerts } = JSON.parse(await text(request)) as { alerts: Omit<Notified, "receiver" | "at">[] };
    const where = (request.url ?? "").slice(1);
    for (const { status, labels, annotations } of alerts) {
      notified.push({ receiver: where, status, labels, annotations, at: Date.now() });
    }
    response.end();
  }).listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    host,
    port,
    url: (name) => `http://${hostAndPort(host, port)}/${name}`,
    notified,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
