import { ask, type Replica } from "../../../proof/lib/faults/replicas.js";

/** An alert that a replica of Prometheus evaluated to be pending or firing, at some time of those looked at. */
export interface Seen {
  readonly replica: string;
  readonly labels: Readonly<Record<string, string>> & { readonly alertname: string; readonly alertstate: string };
  /** At how many evaluations. */
  readonly times: number;
}

/** Every alert of every replica since then, in milliseconds. */
export async function alertsSince(replicas: readonly Replica[], since: number): Promise<readonly Seen[]> {
  const query = `ALERTS[${Math.ceil((Date.now() - since) / 1000)}s]`;
  const ofEach = replicas.map(async (replica) => {
    const answer = await ask(replica, (api) =>
      api.get<{ result: readonly { metric: Seen["labels"]; values: readonly unknown[] }[] }>("query", { query }),
    );
    if (answer === undefined) throw new Error(`${replica.pod} does not say which alerts it had`);
    return answer.result.map(({ metric, values }) => ({ replica: replica.pod, labels: metric, times: values.length }));
  });
  return (await Promise.all(ofEach)).flat();
}

/** An alert in one line: `prometheus-0: KubePodNotReady firing {namespace="a"}, 3 times`. */
export function lineOf({ replica, labels, times }: Seen): string {
  const { __name__, alertname, alertstate, ...rest } = labels;
  const matchers = Object.entries(rest).map(([name, value]) => `${name}="${value}"`);
  return `${replica}: ${alertname} ${alertstate} {${matchers.join(", ")}}, ${times} times`;
}
