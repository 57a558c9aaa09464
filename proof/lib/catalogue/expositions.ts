import { mkdir, writeFile } from "node:fs/promises";
import { request as plain } from "node:http";
import { request as secure } from "node:https";
import { isIP } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { Failure } from "../../../scripts/lib/failure.js";
import type { ActiveTarget, PrometheusApi } from "../../../scripts/lib/prometheus.js";
import { expositionFolder, targetLine } from "../../../scripts/lib/read-expositions.js";

/** What was recorded of one job. */
interface RecordedExposition {
  readonly job: string;
  readonly targets: number;
  readonly samples: number;
  /** Of the file, compressed. */
  readonly bytes: number;
}

/**
 * Asks every target of these jobs as Prometheus does, and writes what they expose into `metrics/expositions/<job>.txt.gz`.
 *
 * @param token - what targets let in
 * @param addressOf - the address of a Service by its name, which this machine does not know
 * @throws Failure when a target does not answer. What was recorded before stays then.
 */
export async function recordExpositions(
  api: PrometheusApi,
  jobs: readonly string[],
  token: string,
  addressOf: (service: string) => Promise<string>,
): Promise<readonly RecordedExposition[]> {
  const targets = (await api.targets()).filter(({ scrapePool }) => jobs.includes(scrapePool));
  const texts = await Promise.all(
    targets.map(async (target) => [target, await scrape(target, token, addressOf)] as const),
  );
  await mkdir(expositionFolder, { recursive: true });
  return await Promise.all(
    [...new Set(targets.map(({ scrapePool }) => scrapePool))].sort().map(async (job) => {
      const own = texts.filter(([{ scrapePool }]) => scrapePool === job);
      const written = own.map(([{ labels }, exposed]) => {
        const { job: _, ...others } = labels;
        return `${targetLine}${JSON.stringify(others)}\n${tidied(exposed)}`;
      });
      const packed = gzipSync(written.join(""), { level: 9 });
      await writeFile(join(expositionFolder, `${job}.txt.gz`), packed);
      const samples = written.join("").match(/^[^#\n]/gm)?.length ?? 0;
      return { job, targets: own.length, samples, bytes: packed.length };
    }),
  );
}

async function scrape(
  { scrapeUrl }: ActiveTarget,
  token: string,
  addressOf: (service: string) => Promise<string>,
): Promise<string> {
  const url = new URL(scrapeUrl);
  if (isIP(url.hostname.replace(/[[\]]/g, "")) === 0) url.hostname = await addressOf(url.hostname);
  const headers = { accept: "text/plain;version=0.0.4", authorization: `Bearer ${token}` };
  return await new Promise((resolve, reject) => {
    const asked =
      // A devbox kubelet signs its own certificate, and what is recorded is no secret.
      url.protocol === "https:" ? secure(url, { headers, rejectUnauthorized: false }) : plain(url, { headers });
    asked
      .once("error", (error) => reject(new Failure(`${scrapeUrl} does not answer: ${error.message}`)))
      .once("response", (response) => {
        if (response.statusCode !== 200) reject(new Failure(`${scrapeUrl} answers ${response.statusCode}`));
        text(response).then(resolve, reject);
      })
      .end();
  });
}

/** Without what metrics mean, which is in the catalogue, and without what tells of the machine of the recording. */
export function tidied(exposed: string): string {
  return exposed
    .replace(/^# HELP .*\n/gm, "")
    .replace(/^.*[{,](mountpoint|device)="\/(?!"|run"|dev\/).*\n/gm, "")
    .replace(/\b(kernel_version|kernelVersion|release)="[^"]*"/g, '$1="6.18.0"');
}
