import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import { $ } from "zx";
import { outsidePermissions } from "../../generators/bare-metal/access.js";
import { defaults } from "../../generators/settings/index.js";
import { words } from "../../proof/lib/docs/security.js";
import { proveRbac } from "../../proof/lib/rbac/index.js";
import { cluster } from "../../scripts/lib/cluster/index.js";
import { placeOf } from "../../scripts/lib/cluster/layout.js";
import { type Kubectl, kubectlCommand } from "../../scripts/lib/kubectl.js";
import { freePort } from "../../scripts/lib/poc/ports.js";
import { root } from "../../scripts/lib/project.js";
import { prometheusAt } from "../../scripts/lib/prometheus.js";
import { render } from "../../scripts/lib/render.js";
import { toolchain } from "../../scripts/lib/toolchain/index.js";
import { verify } from "../../scripts/lib/verify/index.js";
import { eventually } from "./lib/eventually.js";
import { type Host, host } from "./lib/host.js";
import { objectionsTo } from "./lib/proof.js";

const overlay = "overlays/bare-metal";
const { id: context, kubeconfig } = placeOf();
const folder = join(root, "dist/outside", context);

let kubectl: Kubectl;
let port: number;
let bin: string;
let machine: Host;

test.before(async () => {
  // Whatever runs: nodes on which another overlay's node-exporter has its port would keep this one's from running.
  await $({ cwd: root, quiet: true, stdio: "ignore" })`npm run -s down`;
  const args = ["--overlay", overlay, "--kubelet-tls", "cluster-ca"];
  await $({ cwd: root, quiet: true, stdio: ["ignore", "ignore", "inherit"] })`npm run -s up -- ${args}`;
  const running = await cluster.current();
  if (running === undefined) throw new Error("npm run up succeeded, and there is no cluster");
  kubectl = running.kubectl;
  port = await freePort();
  bin = await mkdtemp(join(tmpdir(), "plain-prometheus-test-"));
  await symlink(await kubectlCommand(), join(bin, "kubectl"));
  await symlink(await toolchain.tool("prometheus"), join(bin, "prometheus"));
  machine = await host(await toolchain.tool("prometheus"));
});

test.after(async () => {
  await machine?.end();
  if (bin !== undefined) await rm(bin, { recursive: true });
  await rm(folder, { recursive: true, force: true });
});

test("the commands of README.md write a folder whose token is its owner's alone, and is not printed", async () => {
  const commands = (await blocks("README.md", "The article's exercise: Prometheus outside of the cluster"))[0] ?? "";
  assert.match(
    commands,
    /kubectl apply -k overlays\/bare-metal --context NAME\n.*npm run outside -- --context NAME\n/s,
  );
  const printed = await here(
    commands.replaceAll("NAME", context).replace(/(?<=npm run outside.*)$/m, ` --port ${port}`),
  );
  assert.match(printed, new RegExp(`^next: +dist/outside/${context}/README.md$`, "m"));
  assert.equal((await stat(join(folder, "token"))).mode & 0o777, 0o600);
  assert.ok(!printed.includes(await readFile(join(folder, "token"), "utf8")));
});

test("as its README tries it, every job is UP", async () => {
  const [command = ""] = await folderBlocks("Try it");
  const running = spawn("sh", ["-c", `exec ${command}`], { cwd: folder, env: environment(), stdio: "ignore" });
  try {
    await allUp();
  } finally {
    await ended(running);
  }
});

test("as its README installs it, every job is UP, as a user that may read the token", async () => {
  const [install = ""] = await folderBlocks("Let systemd run it");
  await machine.sh(install, folder);
  await allUp();
  assert.equal(await machine.sh("stat -c '%U %a' /etc/prometheus-outside/token", folder), "prometheus 600\n");
  assert.equal(await machine.sh(`stat -c %U /proc/${await mainProcess()}`, folder), "prometheus\n");
});

test("systemd holds it as its unit says: it may write its samples, and gains nothing", async () => {
  const pid = await mainProcess();
  const status = await machine.sh(`cat /proc/${pid}/status`, folder);
  for (const line of [/^CapBnd:\t0+$/m, /^NoNewPrivs:\t1$/m, /^Seccomp:\t2$/m, /^Uid:\t[1-9]/m])
    assert.match(status, line);
  // By root, so that nothing but the unit can be what refuses it.
  const inIts = (command: string) => machine.sh(`nsenter --target ${pid} --mount -- sh -c '${command}'`, folder);
  await inIts("touch /var/lib/prometheus-outside/tried && rm /var/lib/prometheus-outside/tried");
  for (const path of ["/etc/prometheus-outside/token", "/usr/tried", "/var/lib/tried", "/proc/sys/kernel/hostname"])
    await assert.rejects(inIts(`echo tried >${path}`), /Read-only file system/, path);
  assert.equal(await inIts("ls -A /root /tmp /dev/vda 2>/dev/null || true"), "/root:\n\n/tmp:\n");
});

test("when it is killed systemd has it run again", async () => {
  const before = await mainProcess();
  await machine.sh(`kill -KILL ${before}`, folder);
  await eventually("another process", async () => !["0", before].includes(await mainProcess()));
  await allUp();
});

test("when every token is ended and a new one brought as its README says, it goes on without a restart", async () => {
  const [again = "", bring = "", endAll = ""] = await folderBlocks("Rotate the token");
  const started = await query("process_start_time_seconds{job='prometheus'}");
  await here(endAll);
  await eventually("a scrape that is refused", async () => (await query("up{job='kube-state-metrics'}")) === "0");
  await here(again);
  await machine.sh(bring, folder);
  await allUp();
  assert.equal(await query("process_start_time_seconds{job='prometheus'}"), started);
});

test("as its README takes it away, nothing of it is left", async () => {
  const [away = ""] = await folderBlocks("Take it away");
  await machine.sh(away, folder);
  await eventually("the end of Prometheus", async () => (await query("up").catch(() => "gone")) === "gone");
  await machine.sh("systemctl daemon-reload", folder);
  assert.match(await machine.sh("systemctl is-active prometheus-outside || true", folder), /^(inactive|unknown)/);
  assert.equal(await machine.sh("find /etc /run /usr/local /var -name 'prometheus-outside*'", "/"), "");
});

test("a namespace without the account is an error that says what is missing, and the folder stays as it is", async () => {
  const before = await readFile(join(folder, "token"), "utf8");
  const refused = await $({
    cwd: root,
    env: environment(),
    quiet: true,
    nothrow: true,
    stdio: ["ignore", "pipe", "pipe"],
  })`
    npm run -s outside -- --context ${context} --namespace default`;
  assert.equal(refused.exitCode, 1);
  assert.match(refused.stderr, /namespace default has no ServiceAccount prometheus-outside/);
  assert.equal(await readFile(join(folder, "token"), "utf8"), before);
});

test("without each permission is lost what the derivation says, and nothing else", async () => {
  const rendered = await render(overlay);
  // Those of kube-state-metrics are proven with overlays/prod.
  const objects = rendered.objects.filter(({ metadata }) => metadata.name !== "plain-prometheus:kube-state-metrics");
  const proofs = await proveRbac({ ...rendered, objects }, kubectl);
  assert.deepEqual(
    proofs.map(({ removal }) => words(removal.permission)).sort(),
    outsidePermissions(defaults)
      .map(({ rule }) => words(rule))
      .sort(),
  );
  assert.deepEqual(objectionsTo(proofs, rendered), []);
});

test("what no job needs is refused", async () => {
  const user = "--as=system:serviceaccount:monitoring-system:prometheus-outside";
  for (const question of [
    ["get", "nodes", "--subresource=proxy"],
    ["get", "secrets"],
    ["list", "pods", "--all-namespaces"],
    ["get", "services/http:node-exporter:http", "--subresource=proxy", "--namespace=monitoring-system"],
    ["create", "services/http:kube-state-metrics:http", "--subresource=proxy", "--namespace=monitoring-system"],
  ]) {
    const answer = await kubectl.text(["auth", "can-i", ...question, user], { accept: [0, 1] });
    assert.equal(answer.trim(), "no", question.join(" "));
  }
  const allowed = [
    "get",
    "services/http:kube-state-metrics:http",
    "--subresource=proxy",
    "--namespace=monitoring-system",
  ];
  assert.equal((await kubectl.text(["auth", "can-i", ...allowed, user])).trim(), "yes");
});

test.run();

/** The process id that systemd says; 0 where none runs. */
async function mainProcess(): Promise<string> {
  return (await machine.sh("systemctl show --property MainPID --value prometheus-outside", folder)).trim();
}

/** The shell's blocks below a heading of a document. */
async function blocks(document: string, heading: string): Promise<string[]> {
  const text = await readFile(join(root, document), "utf8");
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  return [...section.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = ""]) => block);
}

async function folderBlocks(heading: string): Promise<string[]> {
  return await blocks(`dist/outside/${context}/README.md`, heading);
}

/** Where a person has kubectl, prometheus, and a kubeconfig with the context. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${bin}:${process.env.PATH}`, KUBECONFIG: kubeconfig };
}

/** Runs lines of a shell in the root of the project. */
async function here(lines: string): Promise<string> {
  const { stdout, stderr } = await $({ cwd: root, env: environment(), quiet: true })`sh -ec ${lines}`;
  return stdout + stderr;
}

/** What `npm run verify -- overlays/bare-metal --prometheus URL` does. */
async function allUp(): Promise<void> {
  const report = await verify({ overlay, kubectl, prometheus: address(), waitMilliseconds: 120_000 });
  assert.ok(report.ok, JSON.stringify(report, null, 2));
  assert.equal(report.replicas[0]?.jobs.length, 7);
}

function address(): string {
  return `http://127.0.0.1:${port}`;
}

/** The value of the first sample that a query gives. */
async function query(expression: string): Promise<string | undefined> {
  return (await prometheusAt(address()).instant(expression))[0]?.value[1];
}

async function ended(running: ChildProcess): Promise<void> {
  if (running.exitCode !== null) return;
  const gone = once(running, "exit");
  running.kill("SIGTERM");
  await gone;
}
