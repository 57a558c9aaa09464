import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../../failure.js";
import type { RecordedTarget } from "../../read-expositions.js";

/** When the samples of a replay are, whenever they are scraped. */
export interface Timeline {
  /** Of the first step, in milliseconds since 1970. */
  readonly start: number;
  readonly stepMilliseconds: number;
  readonly steps: number;
}

/** A server that plays recorded targets. Each listener gets every step of every target, at its own pace. */
export interface Player {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** Path of a target for a listener. */
  path(listener: string, target: number): string;
  /** Path of what {@link tell} told a listener last. */
  toldPath(listener: string): string;
  /** Lets a listener have this exposition, and waits until it was there for it. */
  tell(listener: string, exposition: string): Promise<void>;
  /**
   * Waits until all of them have got every step of every target.
   *
   * @throws Failure that says how far each is, when that takes too long.
   */
  allPlayed(listeners: readonly string[], milliseconds: number): Promise<void>;
  close(): void;
}

/**
 * Steps that counters have taken before the first: where one begins near zero, Prometheus extrapolates each bucket of a classic
 * histogram by itself, and a native one as a whole.
 */
const grown = 1000;

/**
 * Plays targets on loopback. Samples carry the times of the timeline: what two listeners have is the same, however far apart
 * they scrape.
 */
export async function play(targets: readonly RecordedTarget[], timeline: Timeline): Promise<Player> {
  const { start, stepMilliseconds, steps } = timeline;
  const played = new Map<string, number>();
  const told = new Map<string, string>();
  const texts = new Map<string, string>();
  const textOf = (target: number, step: number) => {
    const key = `${target} ${step}`;
    const text = texts.get(key) ?? targets[target]?.exposition.at(grown + step, start + step * stepMilliseconds) ?? "";
    // The other listener comes for it soon.
    texts.set(key, text);
    texts.delete(`${target} ${step - 3}`);
    return text;
  };
  const server = createServer(({ url = "" }, response) => {
    const [, listener = "", target = ""] = url.split("/");
    const step = played.get(url) ?? 0;
    // The last step is told again and again, which changes nothing: samples have times of their own.
    const text = target === "told" ? (told.get(listener) ?? "") : textOf(Number(target), Math.min(step, steps - 1));
    // A step that did not get there is played again.
    response.once("finish", () => played.set(url, step + 1));
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(text);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const times = (path: string) => played.get(path) ?? 0;
  const until = async (holds: () => boolean, milliseconds: number, failure: () => Failure) => {
    for (const end = Date.now() + milliseconds; !holds(); await sleep(100)) if (Date.now() > end) throw failure();
  };
  const path = (listener: string, target: number) => `/${listener}/${target}`;
  const toldPath = (listener: string) => `/${listener}/told`;
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    path,
    toldPath,
    async tell(listener, text) {
      const before = times(toldPath(listener));
      told.set(listener, text);
      // The first may have been on its way already; when the third is asked for, the second is stored.
      await until(
        () => times(toldPath(listener)) >= before + 3,
        30_000,
        () =>
          new Failure(`Prometheus ${listener} does not scrape any more`, "run it again on a machine that is less busy"),
      );
    },
    async allPlayed(listeners, milliseconds) {
      const behind = () =>
        listeners.flatMap((listener) =>
          targets.flatMap(({ job }, target) => {
            const step = times(path(listener, target));
            // Once more, as the last one may still be on its way into the storage.
            return step > steps ? [] : [`${job} of ${listener}: ${step} of ${steps}`];
          }),
        );
      await until(
        () => behind().length === 0,
        milliseconds,
        () => new Failure(`not all was scraped: ${behind().join(", ")}`, "run it again on a machine that is less busy"),
      );
    },
    close: () => server.close().closeAllConnections(),
  };
}
