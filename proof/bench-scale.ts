import { writeFile } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { cluster } from "../scripts/lib/cluster/index.js";
import { placeOf } from "../scripts/lib/cluster/layout.js";
import { Failure } from "../scripts/lib/failure.js";
import { freePort } from "../scripts/lib/poc/ports.js";
import { type Program, start } from "../scripts/lib/poc/program.js";
import { step } from "../scripts/lib/progress.js";
import { expositionFolder } from "../scripts/lib/read-expositions.js";
import { render } from "../scripts/lib/render.js";
import { run } from "../scripts/lib/run.js";
import { withTemporaryFolder } from "../scripts/lib/temporary-folder.js";
import { toolchain } from "../scripts/lib/toolchain/index.js";
import { kubeStateMetricsOf, ours, type Reach, theirs } from "./lib/bench-scale/contestants.js";
import { type Form, forms, joined, podsPerNode, readFigures, writeFigures } from "./lib/bench-scale/figures.js";
import { measureTeams, type Team } from "./lib/bench-scale/measure.js";
import { simulateNodes } from "./lib/bench-scale/nodes.js";
import { pointsTable } from "./lib/bench-scale/report.js";

const usage = {
  command: "npm run bench:scale",
  about:
    `Runs Prometheus and kube-state-metrics with simulated nodes, each with ${podsPerNode} pods: kwok makes the objects, and tools/node-player plays\n` +
    "kubelets, cadvisors and node-exporters as they were recorded. It starts an embedded cluster of its own and removes it.",
  options: {
    nodes: { type: "string", default: "10,50,100,200,500", takes: "N,N...", about: "numbers of nodes, which grow" },
    forms: {
      type: "string",
      default: forms.join(","),
      takes: "FORM,...",
      about: `of ${forms.join(", ")}: side by side`,
    },
    seconds: { type: "string", default: "180", takes: "N", about: "how long is measured, after a minute" },
    busy: { type: "boolean", default: false, about: "says in the figures that the machine had other work" },
    write: { type: "boolean", default: false, about: "keeps the figures in proof/lib/bench-scale/figures.json" },
  },
  example: "npm run bench:scale -- --nodes 10,50 --forms lean",
} as const;

await run(usage, async ({ values }) => {
  const seconds = wholeNumber(values.seconds, "--seconds");
  const sizes = values.nodes.split(",").map((text) => wholeNumber(text, "--nodes"));
  if (sizes.some((size, index) => size <= (sizes[index - 1] ?? 0)))
    throw new Failure(`--nodes is ${values.nodes}`, "let them grow: 10,50,100");
  const unknown = values.forms.split(",").find((form) => !forms.includes(form as Form));
  if (unknown !== undefined)
    throw new Failure(`--forms has ${JSON.stringify(unknown)}`, `use some of ${forms.join(", ")}`);
  const wanted = values.forms.split(",") as Form[];
  await toolchain.provide(["kwok", "node-player", "prometheus", "kube-state-metrics"]);
  const [devbox, prod] = [await render("overlays/devbox"), await render("overlays/prod")];
  const place = placeOf("scale");
  const programs: Program[] = [];
  let ended: Failure | undefined;
  const onEnded = (failure: Failure) => {
    ended ??= failure;
  };
  const alive = () => {
    if (ended !== undefined) throw ended;
  };
  try {
    // One that was ended by hand leaves its cluster.
    await cluster.stop(place);
    const running = await cluster.start({ place, kubeletTls: "self-signed", images: [] });
    const { kubectl, layout } = running;
    await withTemporaryFolder(async (folder) => {
      const tokenFile = join(folder, "token");
      await kubectl.text(["create", "serviceaccount", "scale", "--namespace=default"]);
      await kubectl.text([
        "create",
        "clusterrolebinding",
        "scale",
        "--clusterrole=cluster-admin",
        "--serviceaccount=default:scale",
      ]);
      const token = await kubectl.text(["create", "token", "scale", "--namespace=default", "--duration=8h"]);
      await writeFile(tokenFile, token.trim(), { mode: 0o600 });
      const [kubeletPort, nodeExporterPort] = [await freePort(), await freePort()];
      const player = [
        `--expositions=${expositionFolder}`,
        `--pods=${podsPerNode}`,
        `--kubelet-port=${kubeletPort}`,
        `--node-exporter-port=${nodeExporterPort}`,
      ];
      programs.push(start("node-player", await toolchain.tool("node-player"), player, folder, onEnded));
      const nodes = await simulateNodes(running, kubeletPort, folder, onEnded, alive);
      programs.push(...nodes.programs);
      const exporterOf = async (name: string, args: readonly string[]) => {
        const [port, telemetry] = [await freePort(), await freePort()];
        const own = [
          `--kubeconfig=${layout.kubeconfig}`,
          "--host=127.0.0.1",
          `--port=${port}`,
          "--telemetry-host=127.0.0.1",
        ];
        const started = start(
          `kube-state-metrics of ${name}`,
          await toolchain.tool("kube-state-metrics"),
          [...args, ...own, `--telemetry-port=${telemetry}`],
          folder,
          onEnded,
        );
        programs.push(started);
        const addresses = {
          "kube-state-metrics": `127.0.0.1:${port}`,
          "kube-state-metrics-telemetry": `127.0.0.1:${telemetry}`,
        };
        return { pid: started.pid, address: addresses["kube-state-metrics"], addresses };
      };
      const full = await exporterOf("devbox", kubeStateMetricsOf(devbox));
      const lean = await exporterOf("prod", kubeStateMetricsOf(prod));
      const reach = (of: typeof full): Reach => ({
        kubeconfig: layout.kubeconfig,
        tokenFile,
        nodeExporterPort,
        kubeStateMetrics: of.addresses,
      });
      const teams: Readonly<Record<Form, Team>> = {
        full: { form: "full", exporter: full, members: [ours(devbox, reach(full))] },
        lean: { form: "lean", exporter: lean, members: [ours(prod, reach(lean))] },
        "lean-2": { form: "lean-2", exporter: lean, members: [0, 1].map((shard) => ours(prod, reach(lean), 2, shard)) },
        "kube-prometheus": { form: "kube-prometheus", exporter: full, members: [theirs(devbox, reach(full))] },
      };
      for (const [index, size] of sizes.entries()) {
        await nodes.grow(size);
        alive();
        const points = await step(
          `measuring ${wanted.join(", ")} at ${size} nodes (${index + 1} of ${sizes.length})`,
          (at) =>
            withTemporaryFolder((own) =>
              measureTeams(
                wanted.map((form) => teams[form]),
                size,
                seconds,
                own,
                at,
              ),
            ),
          120 + seconds,
        );
        alive();
        console.log(pointsTable(points));
        const whole = points.filter(({ upRatio }) => upRatio === 1);
        if (whole.length < points.length) {
          console.error(
            "not every target was up at the end: such a row says too little, and is not kept. The machine is too busy, or too small.",
          );
          process.exitCode = 1;
        }
        if (!values.write) continue;
        const older = await readFigures();
        const seen = whole.map((point) => ({ ...point, ...(values.busy && { busy: true }) }));
        await writeFigures({
          machine: `${availableParallelism()} cores and ${Math.round(totalmem() / 2 ** 30)} GiB`,
          versions: `Kubernetes ${await toolchain.version("kube-apiserver")}, Prometheus ${await toolchain.version("prometheus")}, kube-state-metrics ${await toolchain.version("kube-state-metrics")}`,
          points: joined(older.points, seen),
        });
      }
    });
  } finally {
    await Promise.all(programs.map((one) => one.stop()));
    await cluster.stop(place);
  }
});

function wholeNumber(text: string, option: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Failure(`${option} is ${text}`, "whole numbers, such as 100");
  return Number(text);
}
