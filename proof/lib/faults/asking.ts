import { setTimeout as sleep } from "node:timers/promises";
import { hostAndPort } from "../../../scripts/lib/address.js";

/** One query through the Service. */
export interface Asked {
  /** When it began, in milliseconds. */
  readonly at: number;
  /** Undefined when it was answered. */
  readonly problem: string | undefined;
}

/** Queries through a Service, one after the other, each on a connection of its own as a new client would make it. */
export interface Asking {
  /** Everything asked so far. */
  readonly asked: readonly Asked[];
  stop(): Promise<void>;
}

/**
 * No cheap query: a fault under load differs from a fault at rest. Of the largest histogram that is there in every form of the
 * stack, with `lean` and with `native-histograms`.
 */
const question =
  'sum by (verb) (rate({__name__=~"apiserver_request_sli_duration_seconds(_bucket)?", job="kubernetes-apiservers"}[2m]))';

const pauseMilliseconds = 100;
const patienceMilliseconds = 5_000;

/** Begins to ask at an address, and goes on until it is stopped. */
export function startAsking(address: string): Asking {
  const asked: Asked[] = [];
  let goesOn = true;
  const url = `http://${hostAndPort(address, 9090)}/api/v1/query?query=${encodeURIComponent(question)}`;
  const loop = async () => {
    while (goesOn) {
      const at = Date.now();
      asked.push({ at, problem: await problemOf(url) });
      await sleep(pauseMilliseconds);
    }
  };
  const ended = loop();
  return {
    asked,
    async stop() {
      goesOn = false;
      await ended;
    },
  };
}

async function problemOf(url: string): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(patienceMilliseconds);
    const response = await fetch(url, { signal, headers: { connection: "close" } });
    if (!response.ok) return `HTTP status ${response.status}`;
    await response.text();
    return undefined;
  } catch (error) {
    if (error instanceof TypeError) return `${error.cause ?? error.message}`;
    if (error instanceof DOMException) return `no answer within ${patienceMilliseconds / 1000}s`;
    throw error;
  }
}
