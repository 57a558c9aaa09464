import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { Failure } from "../../scripts/lib/failure.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";
import { waitFor } from "../../scripts/lib/wait.js";

const login = { access_key: "thanos", secret_key: "not-a-secret" } as const;
const bucket = "thanos";

/** What Thanos writes about a block. */
export interface BlockMeta {
  readonly ulid: string;
  /** Milliseconds since 1970; the end is not in the block. */
  readonly minTime: number;
  readonly maxTime: number;
  readonly stats: { readonly numSamples?: number };
  readonly thanos: {
    readonly labels: Readonly<Record<string, string>>;
    readonly downsample: { readonly resolution: number };
    readonly source: string;
  };
}

/** A real S3 server over a folder of this machine, with one bucket. */
export interface ObjectStore {
  /** What `objstore.yml` says of it. */
  readonly config: string;
  /** The folder of the bucket. */
  readonly folder: string;
  /** Every block whose `meta.json` can be read. */
  blocks(): Promise<readonly BlockMeta[]>;
  /** @param secret - what lets in, where that is not what {@link config} says: then it refuses whoever has that */
  start(secret?: string): Promise<void>;
  stop(): Promise<void>;
  /** Stops it, and removes all that it kept. */
  remove(): Promise<void>;
}

/** An S3 server that listens at an address of this machine, such as `10.250.0.1:17070`. It is not started yet. */
export async function objectStore(address: string): Promise<ObjectStore> {
  const program = await toolchain.tool("versitygw");
  const root = await mkdtemp(join(tmpdir(), "plain-prometheus-s3-"));
  const data = join(root, "data");
  // Not every file system has the attributes that it would keep there otherwise.
  const metadata = join(root, "metadata");
  const folder = join(data, bucket);
  await Promise.all([mkdir(folder, { recursive: true }), mkdir(metadata)]);
  const args = ["--port", address, "--quiet", "--health", "/health", "posix", "--sidecar", metadata, data];
  let server: ChildProcess | undefined;
  const stop = async () => {
    if (server === undefined) return;
    if (server.exitCode === null && server.signalCode === null) {
      const ended = once(server, "exit");
      server.kill("SIGKILL");
      await ended;
    }
    server = undefined;
  };
  return {
    folder,
    config: stringify({ type: "S3", config: { bucket, endpoint: address, insecure: true, ...login } }),
    async blocks() {
      const names = (await readdir(folder)).filter((name) => /^[0-9A-Z]{26}$/.test(name));
      const texts = names.map((name) => readFile(join(folder, name, "meta.json"), "utf8").catch(() => ""));
      return (await Promise.all(texts)).flatMap((text) => parsed(text));
    },
    async start(secret = login.secret_key) {
      const env = { ...process.env, ROOT_ACCESS_KEY: login.access_key, ROOT_SECRET_KEY: secret };
      server = spawn("setpriv", ["--pdeathsig", "TERM", "--", program, ...args], { env, stdio: "ignore" });
      const answers = () =>
        fetch(`http://${address}/health`)
          .then(({ ok }) => ok)
          .catch(() => false);
      await waitFor(answers, { seconds: 30, otherwise: () => new Failure(`no S3 server answers at ${address}`) });
    },
    stop,
    async remove() {
      await stop();
      await rm(root, { recursive: true });
    },
  };
}

function parsed(text: string): BlockMeta[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}
