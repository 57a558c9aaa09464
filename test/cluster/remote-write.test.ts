import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { test } from "uvu";
import { stringify } from "yaml";
import { endpoint } from "../../generators/components/remote-write.js";
import { base } from "../../generators/index.js";
import { settingsFrom } from "../../generators/settings/index.js";
import { writeBase } from "../../scripts/lib/generate.js";
import { applyObjects, type Kubectl } from "../../scripts/lib/kubectl.js";
import { type InstantSample, type PrometheusApi, prometheusBehind } from "../../scripts/lib/prometheus.js";
import { render } from "../../scripts/lib/render.js";
import { nameOf, type Rendered } from "../../scripts/lib/rendered/objects.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";
import { verify } from "../../scripts/lib/verify/index.js";
import { problemsOf } from "../../scripts/lib/verify/report.js";
import { type Devbox, devbox } from "./lib/devbox.js";
import { eventually } from "./lib/eventually.js";
import { backToDevbox } from "./lib/overlay.js";

/*
 * A server and an agent send to receivers of their own, which go away for two minutes at once: the server by message 2.0,
 * the agent by message 1.0, both with a password.
 */

const secondsAway = Number(process.env.SECONDS_AWAY ?? 120);
const secret = "prometheus-remote-write";

/** The hash of `secret`, by bcrypt at the least cost. */
const hash = "$2a$04$zX/PHVmi0YCyN627cay3NOxvaY8ZKoI9weYtn3fgbdFga9FzeQ25W";

const authorization = `Basic ${Buffer.from("admin:secret").toString("base64")}`;
/** What the settings say; each overlay says another URL. */
const unused = "https://metrics.example.com/api/v1/write";

let box: Devbox;
let kubectl: Kubectl;
let folder: string;
let server: Sender;
let agent: Sender;

/** A Prometheus of an overlay, and the receiver that it sends to. */
interface Sender {
  readonly rendered: Rendered;
  readonly namespace: string;
  readonly receiver: Receiver;
}

type Api = Pick<PrometheusApi, "get">;

interface Receiver {
  readonly api: Api;
  start(): Promise<void>;
  stop(): Promise<void>;
}

test.before(async () => {
  box = await devbox();
  kubectl = box.kubectl;
  folder = await mkdtemp(join(tmpdir(), "plain-prometheus-test-"));
  server = await sender("server", "remote-write", "v2");
  agent = await sender("agent", "agent", "v1");
  await Promise.all([server.receiver.start(), agent.receiver.start()]);

});

test.after(async () => {
  await Promise.all([server?.receiver.stop(), agent?.receiver.stop()]);
  if (server !== undefined) await backToDevbox(kubectl, server.rendered.objects);
  if (agent !== undefined) {
    const own = agent.rendered.objects.map((object) => JSON.stringify(object)).join("\n");
    await kubectl.text(["delete", "--ignore-not-found", "--wait=false", "--filename=-"], { input: own });
  }
  await kubectl.text(["delete", "secret", secret, "--namespace=monitoring-system", "--ignore-not-found"]);
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

test("without its Secret a pod does not start, and verify says which one is missing", async () => {
  await applyObjects(kubectl, agent.rendered.objects);
  await eventually("verify to name the Secret", async () =>
    (await problems(agent)).some(({ cure }) => cure === `create the Secret ${secret} in namespace ${agent.namespace}`),
  );
});

test("a server and an agent send what they scrape, and verify has nothing to say", async () => {
  await Promise.all(
    [server, agent].map(async ({ namespace, rendered }) => {
      const stringData = { username: "admin", password: "secret" };
      await applyObjects(kubectl, [
        { apiVersion: "v1", kind: "Secret", metadata: { name: secret, namespace }, stringData },
      ]);
      await applyObjects(kubectl, rendered.objects);
    }),
  );
  await Promise.all(
    [server, agent].map((one) =>
      eventually(`verify to have nothing to say of ${one.rendered.overlay}`, async () => {
        const found = await problems(one);
        if (found.length > 0) throw new Error(JSON.stringify(found));
        return true;
      }),
    ),
  );
});

test("every sample arrives, also those of the minutes in which the receivers are away", async () => {
  const start = Date.now() / 1000 + 5;
  await setTimeout(20_000);
  const left = Date.now() / 1000;
  await Promise.all([server.receiver.stop(), agent.receiver.stop()]);
  await setTimeout(Math.max(secondsAway - 40, 70) * 1000);
  for (const one of [server, agent]) {
    const [problem] = await problems(one);
    assert.equal(problem?.kind, "not sent");
    assert.match(problem?.reason ?? "", /^the last sample that arrived there is \d+ s old: Post .*refused/);
    assert.equal(problem?.cure, "see that it runs, and that NetworkPolicies let Prometheus out to its port");
  }
  await setTimeout(Math.max(0, left + secondsAway - Date.now() / 1000) * 1000);
  await Promise.all([server.receiver.start(), agent.receiver.start()]);
  const back = Date.now() / 1000;
  assert.ok(back - left >= secondsAway);
  const end = back + 30;
  for (const one of [server, agent]) {
    await eventually("what is newer than the outage to arrive", async () =>
      (await instant(one.receiver.api, 'max(timestamp(up{job="prometheus"}))')).some(
        ({ value }) => Number(value[1]) > end,
      ),
    );
  }
  const window = { start, end };
  await exactly(window);
  await completely("server", server.receiver.api, window);
  await completely("agent", agent.receiver.api, window);
});

interface Window {
  /** In seconds since 1970. */
  readonly start: number;
  readonly end: number;
}

/** Samples by series, without what sending adds. */
async function samplesIn(api: Api, matcher: string, { start, end }: Window): Promise<Map<string, number>> {
  const answer = await api.get<{
    result: { metric: Record<string, string>; values?: unknown[]; histograms?: unknown[] }[];
  }>("query", { query: `{${matcher}}[${Math.round(end - start)}s]`, time: `${end}` });
  return new Map(
    answer.result.map(({ metric: { cluster, replica, ...labels }, values = [], histograms = [] }) => [
      JSON.stringify(Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1))),
      values.length + histograms.length,
    ]),
  );
}

async function instant(api: Api, query: string, time = Date.now() / 1000): Promise<readonly InstantSample[]> {
  return (await api.get<{ result: readonly InstantSample[] }>("query", { query, time: `${time}` })).result;
}

/** The server and its receiver have the same samples of every series, recorded ones and alerts too. */
async function exactly(window: Window): Promise<void> {
  const here = prometheusBehind(kubectl, server.namespace, "prometheus:http");
  const counts = { series: 0, sent: 0, received: 0 };
  const jobs = (await instant(here, "count by (job) (up)")).map(({ metric }) => metric.job ?? "");
  for (const matcher of [...jobs.map((job) => `job="${job}"`), 'job="", __name__=~".+"']) {
    const [sent, received] = await Promise.all([
      samplesIn(here, matcher, window),
      samplesIn(server.receiver.api, matcher, window),
    ]);
    assert.deepEqual(
      [...received.keys()].filter((series) => !sent.has(series)),
      [],
    );
    for (const [series, count] of sent) {
      counts.series += 1;
      counts.sent += count;
      counts.received += received.get(series) ?? 0;
      assert.equal(received.get(series), count, series);
    }
  }
  assert.equal(counts.received, counts.sent);
  console.log(
    `remote write 2.0, away for ${secondsAway} s: ${counts.received} of ${counts.sent} samples arrived, ${counts.series} series`,
  );
}

/** A receiver has of each scrape as many samples as the scrape itself says. */
async function completely(who: string, api: Api, { start, end }: Window): Promise<void> {
  const within = `${Math.round(end - start)}s`;
  const at = (query: string) => instant(api, query, end);
  const intervals = await at(`count_over_time(up{job!="cadvisor"}[${within}])`);
  assert.ok(intervals.length >= 5, `only ${intervals.length} targets`);
  for (const { metric, value } of intervals) {
    const least = Math.floor((end - start) / 15) - 1;
    assert.ok(Number(value[1]) >= least, `${JSON.stringify(metric)}: ${value[1]} scrapes in ${within}`);
  }
  // What a scrape says of itself comes beside what it scraped.
  const ofItself = "up|scrape_.+";
  let [expected, received] = [0, 0];
  for (const { metric, value } of await at(
    `sum by (job) (sum_over_time(scrape_samples_post_metric_relabeling{job!="cadvisor"}[${within}]))`,
  )) {
    const found = await samplesIn(api, `job="${metric.job}", __name__!~"${ofItself}"`, { start, end });
    const count = [...found.values()].reduce((sum, one) => sum + one, 0);
    assert.equal(count, Number(value[1]), `samples of job ${metric.job}`);
    expected += Number(value[1]);
    received += count;
  }
  console.log(`${who}, away for ${secondsAway} s: ${received} of ${expected} scraped samples arrived`);
}

async function problems({ rendered }: Sender) {
  const all = problemsOf(await verify({ overlay: rendered.overlay, kubectl }));
  // Two overlays in one cluster: that one has what the other one names is what verify says otherwise.
  return all.filter(({ kind }) => kind !== "taken");
}

/** An overlay whose Prometheus sends to a receiver on this machine. */
async function sender(name: "server" | "agent", component: string, protocol: "v1" | "v2"): Promise<Sender> {
  const isServer = name === "server";
  const address = `${box.layout.network.hosts[0]}:${isServer ? 9391 : 9392}`;
  const own = join(folder, name);
  const remoteWrite = { url: `http://${address}/api/v1/write`, auth: "basic", protocol };
  await mkdir(own);
  await writeBase(own, () => base(settingsFrom({ remoteWrite: { ...remoteWrite, url: unused } })));
  const namespace = isServer ? "monitoring-system" : "agents";
  const literals = [`url=${remoteWrite.url}`];
  await writeFile(
    join(own, "kustomization.yaml"),
    stringify({
      namespace,
      resources: isServer ? ["base"] : ["base/namespace", "base/prometheus"],
      components: ["insecure-kubelet-tls", component].map((one) => `base/components/${one}`),
      configMapGenerator: [{ name: endpoint, namespace: "monitoring-system", behavior: "merge", literals }],
    }),
  );
  const rendered = await render(own);
  const receiver = await receiverAt(join(folder, `receiver-${name}`), address);
  return { rendered: isServer ? rendered : withNamesOfItsOwn(rendered), namespace, receiver };
}

/** Two overlays in one cluster: what has no namespace has a name for each. */
function withNamesOfItsOwn(rendered: Rendered): Rendered {
  const objects = rendered.objects.map((object) => {
    if (!nameOf(object).startsWith("ClusterRole")) return object;
    const text = JSON.stringify(object).replaceAll("plain-prometheus:prometheus", "plain-prometheus:agent");
    return JSON.parse(text) as typeof object;
  });
  return { ...rendered, objects };
}

async function receiverAt(own: string, address: string): Promise<Receiver> {
  await mkdir(own);
  await writeFile(join(own, "web.yml"), stringify({ basic_auth_users: { admin: hash } }));
  await writeFile(join(own, "prometheus.yml"), "{}\n");
  const ask = async (path: string) => {
    const response = await fetch(`http://${address}/${path}`, { headers: { authorization, connection: "close" } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const program = await toolchain.tool("prometheus");
  const args = [
    "--config.file=prometheus.yml",
    "--storage.tsdb.path=data",
    "--web.config.file=web.yml",
    `--web.listen-address=${address}`,
    "--web.enable-remote-write-receiver",
  ];
  let running: ChildProcess | undefined;
  return {
    api: {
      get: async <T>(path: string, parameters?: Readonly<Record<string, string>>) =>
        ((await (await ask(`api/v1/${path}?${new URLSearchParams(parameters)}`)).json()) as { data: T }).data,
    },
    async start() {
      running = spawn(program, args, { cwd: own, stdio: "ignore" });
      await eventually(`the receiver at ${address}`, async () => (await ask("-/ready")).ok);
    },
    async stop() {
      if (running === undefined || running.exitCode !== null) return;
      const gone = once(running, "exit");
      running.kill("SIGTERM");
      await gone;
      running = undefined;
    },
  };
}

test.run();
