import type { Kubectl } from "../../../scripts/lib/kubectl.js";

/** An alert as Alertmanager has it. */
export interface Held {
  readonly labels: Readonly<Record<string, string>>;
  readonly status: {
    readonly state: "active" | "suppressed" | "unprocessed";
    readonly silencedBy: readonly string[];
    readonly inhibitedBy: readonly string[];
  };
}

/** Alertmanager, asked with the amtool of its own image. */
interface Amtool {
  /** Every alert that it has, also those that notify nobody. */
  alerts(): Promise<readonly Held[]>;
  /** Silences what the matchers match, and returns the silence's id. */
  silence(...matchers: readonly string[]): Promise<string>;
  expire(id: string): Promise<void>;
}

/** The amtool in the pod of an Alertmanager. */
export function amtool(kubectl: Kubectl, namespace: string): Amtool {
  const call = (...args: readonly string[]) =>
    kubectl.text([
      "exec",
      `--namespace=${namespace}`,
      "statefulset/alertmanager",
      "--",
      "/bin/amtool",
      "--alertmanager.url=http://localhost:9093",
      ...args,
    ]);
  return {
    alerts: async () =>
      JSON.parse(
        await call("--output=json", "alert", "query", "--active", "--silenced", "--inhibited", "--unprocessed"),
      ),
    silence: async (...matchers) =>
      (await call("silence", "add", "--author=drill", "--comment=drill", "--duration=1h", ...matchers)).trim(),
    expire: async (id) => void (await call("silence", "expire", id)),
  };
}
