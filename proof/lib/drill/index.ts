import { receivers } from "../../../generators/alertmanager/config.js";
import { apply } from "../../../scripts/lib/apply.js";
import type { Cluster } from "../../../scripts/lib/cluster/index.js";
import { applyObjects, type Kubectl } from "../../../scripts/lib/kubectl.js";
import { step } from "../../../scripts/lib/progress.js";
import { render } from "../../../scripts/lib/render.js";
import { ofKind } from "../../../scripts/lib/rendered/objects.js";
import { until as waitUntil } from "../faults/testbed.js";
import { livePrometheus } from "../queries/where.js";
import { amtool, type Held } from "./alertmanager.js";
import { withQuickOverlay } from "./overlay.js";
import { type Notified, type Receiver, receiver } from "./receiver.js";
import { clear, crashLoop, namespace, prepare, type Scenario, scenarios, silencedNamespace } from "./scenarios.js";

/** What came of a scenario. Seconds count from the moment at which it was there, or was mended. */
export interface Told {
  readonly scenario: Scenario;
  readonly firing: Notified;
  readonly secondsToNotification: number;
  readonly secondsToResolved: number;
}

/** What a drill saw. */
export interface Drill {
  readonly told: readonly Told[];
  /** When each Watchdog arrived, in milliseconds since 1970. */
  readonly watchdog: readonly number[];
  /** How often the silenced alert was told of while the silence held, and after it had ended. */
  readonly silenced: { readonly before: number; readonly after: number };
  /** The warning that a critical alert about the same thing held back, and how often it was told of. */
  readonly inhibited: { readonly inhibitedBy: number; readonly told: number };
}

/** How long a drill waits for anything. */
const limitSeconds = 300;

const secretName = "alertmanager-receivers";
const filling = "KubePersistentVolumeFillingUp";

/**
 * Breaks things in the embedded cluster with an overlay that has one namespace, waits until a receiver of webhooks was
 * told, and mends them again. The cluster is as it was afterwards.
 *
 * @throws Failure that says what was waited for in vain.
 */
export async function drill(cluster: Cluster, overlay: string): Promise<Drill> {
  const { kubectl } = cluster;
  const normal = await render(overlay);
  const home = ["--namespace", normal.namespace ?? ""];
  const inbox = await receiver(cluster.layout.network.hosts[0]);
  const field: Field = {
    kubectl,
    home: normal.namespace ?? "",
    inbox,
    all: scenarios(cluster, normal.namespace ?? ""),
    silenced: crashLoop(kubectl, silencedNamespace),
    broken: new Set(),
  };
  const alerts = [...new Set(field.all.map(({ alert }) => alert))];
  return await withQuickOverlay(overlay, alerts, inbox, async (quick) => {
    try {
      await applyObjects(kubectl, [secretOf(field)]);
      await apply(quick, kubectl);
      // It reads changed rules by itself within two minutes; a new pod has them at once.
      await kubectl.text(["delete", "pods", "--selector=app.kubernetes.io/name=prometheus", ...home]);
      await kubectl.text(["rollout", "status", "deployment/prometheus", "--timeout=180s", ...home]);
      await prepare(kubectl);
      return await run(field);
    } finally {
      for (const scenario of field.broken) await scenario.mend();
      await apply(normal, kubectl);
      await kubectl.text(["delete", "secret", secretName, "--ignore-not-found", ...home]);
      for (const kind of ["v1/ConfigMap", "networking.k8s.io/v1/NetworkPolicy"] as const) {
        for (const { kind: title, metadata } of ofKind(quick.objects, kind)) {
          if (ofKind(normal.objects, kind).some((kept) => kept.metadata.name === metadata.name)) continue;
          await kubectl.text(["delete", title, metadata.name, "--ignore-not-found", ...home]);
        }
      }
      await clear(kubectl);
      inbox.close();
    }
  });
}

interface Field {
  readonly kubectl: Kubectl;
  /** The bundle's namespace. */
  readonly home: string;
  readonly inbox: Receiver;
  readonly all: readonly Scenario[];
  /** The scenario whose alert notifies nobody. */
  readonly silenced: Scenario;
  /** What is broken just now. */
  readonly broken: Set<Scenario>;
}

function secretOf({ home, inbox }: Field): object {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: secretName, namespace: home },
    stringData: Object.fromEntries(receivers.map((name) => [`${name}-url`, inbox.url(name)])),
  };
}

async function run(field: Field): Promise<Drill> {
  const { kubectl, home, inbox, all, silenced } = field;
  const prometheus = await livePrometheus(kubectl, home);
  const held = amtool(kubectl, home);
  const watchdog = () => inbox.notified.filter(({ labels }) => labels.alertname === "Watchdog").map(({ at }) => at);
  const ratio = `namespace_persistentvolumeclaim:kubelet_volume_stats_available:ratio{namespace="${namespace}"}`;
  await until("the Watchdog to arrive", async () => watchdog().length > 0);
  await until("the kubelet to measure the volume", async () => {
    // A trend takes two points.
    return (await prometheus.value(`count_over_time(${ratio}[5m])`)) >= 2;
  });
  const alerts = [...all, silenced].map(({ alert }) => alert).join("|");
  await until("none of these alerts to be there", async () => {
    return (await prometheus.value(`count(ALERTS{alertname=~"${alerts}"}) or vector(0)`)) === 0;
  });
  const silence = await held.silence(`namespace=${silencedNamespace}`);

  const brokenAt = new Map<Scenario, number>();
  for (const scenario of [silenced, ...all]) {
    brokenAt.set(scenario, Date.now());
    field.broken.add(scenario);
    await scenario.break();
  }
  for (const scenario of all)
    await until(`the alert on ${scenario.what}`, async () => {
      return toldOf(inbox, scenario, "firing", brokenAt) !== undefined;
    });

  const isOf = (alert: Held, scenario: Scenario) =>
    carries(alert.labels, { alertname: scenario.alert, ...scenario.labels });
  await until("Alertmanager to hold back the silenced alert", async () => {
    return (await held.alerts()).some((alert) => isOf(alert, silenced) && alert.status.silencedBy.includes(silence));
  });
  let inhibitedBy = 0;
  await until("Alertmanager to hold back the warning beside the critical alert", async () => {
    const warning = { alertname: filling, severity: "warning", namespace };
    inhibitedBy = (await held.alerts()).find(({ labels }) => carries(labels, warning))?.status.inhibitedBy.length ?? 0;
    return inhibitedBy > 0;
  });
  const before = inbox.notified.filter(({ labels }) => labels.namespace === silencedNamespace).length;
  await held.expire(silence);
  await until("the alert whose silence ended", async () => {
    return toldOf(inbox, silenced, "firing", brokenAt) !== undefined;
  });

  const mendedAt = new Map<Scenario, number>();
  for (const scenario of [...all, silenced]) {
    mendedAt.set(scenario, Date.now());
    await scenario.mend();
    field.broken.delete(scenario);
  }
  for (const scenario of all)
    await until(
      `the end of the alert on ${scenario.what}`,
      async () => toldOf(inbox, scenario, "resolved", mendedAt) !== undefined,
    );
  await until("the Watchdog to arrive again and again", async () => watchdog().length > 2);

  return {
    told: all.map((scenario) => {
      const firing = toldOf(inbox, scenario, "firing", brokenAt) as Notified;
      const resolved = toldOf(inbox, scenario, "resolved", mendedAt) as Notified;
      return {
        scenario,
        firing,
        secondsToNotification: (firing.at - (brokenAt.get(scenario) ?? 0)) / 1000,
        secondsToResolved: (resolved.at - (mendedAt.get(scenario) ?? 0)) / 1000,
      };
    }),
    watchdog: watchdog(),
    silenced: {
      before,
      after: inbox.notified.filter(({ labels }) => labels.namespace === silencedNamespace).length - before,
    },
    inhibited: {
      inhibitedBy,
      told: inbox.notified.filter(({ labels }) => carries(labels, { alertname: filling, severity: "warning" })).length,
    },
  };
}

/** The first notification of a scenario with that status, after the scenario's own moment. */
function toldOf(
  inbox: Receiver,
  scenario: Scenario,
  status: Notified["status"],
  since: ReadonlyMap<Scenario, number>,
): Notified | undefined {
  const wanted = { alertname: scenario.alert, severity: scenario.severity, ...scenario.labels };
  const start = since.get(scenario) ?? 0;
  return inbox.notified.find((one) => one.status === status && one.at >= start && carries(one.labels, wanted));
}

function carries(labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

/** Says what it waits for. */
function until(what: string, condition: () => Promise<boolean>): Promise<true> {
  return step(`waiting for ${what}`, () => waitUntil(what, condition, limitSeconds));
}
