import type { IContainer } from "kubernetes-models/v1/Container";
import type { RenderedObject } from "./objects.js";
import { runs } from "./prometheus.js";
import { environmentOf, expand } from "./variables.js";

/** One port at which a program listens, and what says so. */
interface Listening {
  readonly port: number;
  /** `--web.listen-address=:9101`, or the flag that would say otherwise. */
  readonly by: string;
}

/** The flags that say where a program listens, and where it does without. */
const flags: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  prometheus: { "--web.listen-address": 9090 },
  alertmanager: { "--web.listen-address": 9093, "--cluster.listen-address": 9094 },
  "node-exporter": { "--web.listen-address": 9100 },
  "blackbox-exporter": { "--web.listen-address": 9115 },
  "kube-state-metrics": { "--port": 8080, "--telemetry-port": 8081 },
};

/** Where a container's program listens, for programs whose flags are known; nothing is said of others. */
export function listeningOf(
  container: IContainer,
  namespace: string | undefined,
  objects: readonly RenderedObject[],
): Listening[] {
  const environment = environmentOf(container, namespace, objects);
  const known = Object.entries(flags).find(([program]) => runs(container, program))?.[1] ?? {};
  const args = (container.args ?? []).map((text) => expand(text, environment).text ?? "");
  const ofFlags = Object.entries(known).flatMap(([flag, usual]): Listening[] => {
    const written = args.flatMap((text, index) => {
      if (text.startsWith(`${flag}=`)) return [text.slice(flag.length + 1)];
      return text === flag ? [args[index + 1] ?? ""] : [];
    });
    if (written.length === 0) return [{ port: usual, by: `${flag}, which is not set` }];
    return written.flatMap((value) => {
      const port = Number(/(\d+)$/.exec(value)?.[1]);
      return Number.isNaN(port) ? [] : [{ port, by: `${flag}=${value}` }];
    });
  });
  const http = environment.variables.get("GF_SERVER_HTTP_PORT");
  const grafana = runs(container, "grafana") ? [{ port: Number(http ?? 3000), by: "GF_SERVER_HTTP_PORT" }] : [];
  return [...ofFlags, ...grafana.filter(({ port }) => Number.isInteger(port))];
}
