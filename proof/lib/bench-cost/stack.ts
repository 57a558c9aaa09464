import { apply } from "../../../scripts/lib/apply.js";
import { bundleOf } from "../../../scripts/lib/bundle/index.js";
import { Failure } from "../../../scripts/lib/failure.js";
import type { Kubectl } from "../../../scripts/lib/kubectl.js";
import { step } from "../../../scripts/lib/progress.js";
import { ofKind, type Rendered } from "../../../scripts/lib/rendered/objects.js";
import { look } from "../../../scripts/lib/verify/look.js";
import { waitFor } from "../../../scripts/lib/wait.js";
import { table } from "../markdown-table.js";

/** The part of the kubelet's `/stats/summary` that is read here. */
export interface Summary {
  readonly pods: readonly {
    readonly podRef: { readonly name: string; readonly namespace: string };
    readonly containers: readonly { readonly name: string; readonly memory?: { readonly rssBytes?: number } }[];
  }[];
}

/** What a whole stack takes. */
interface StackCost {
  /** From `kubectl apply` until a look found every target up. */
  readonly secondsToUp: number;
  /** Resident bytes of the containers of each name, and how many there are; Grafana left out. The largest first. */
  readonly containers: readonly { readonly name: string; readonly count: number; readonly rss: number }[];
}

/** After all is up: what starts takes more than what runs. */
const warm = 120;

/**
 * Removes a stack from the cluster, applies it, and measures it. Its volumes go with it.
 *
 * @throws Failure when its targets are not all up within three minutes.
 */
export async function stackCost(rendered: Rendered, kubectl: Kubectl): Promise<StackCost> {
  const bundle = bundleOf(rendered, kubectl.lacks);
  const namespaces = ofKind(rendered.objects, "v1/Namespace").map(({ metadata }) => metadata.name);
  await step(`removing ${rendered.overlay}`, () =>
    kubectl.text(["delete", "namespace", ...namespaces, "--ignore-not-found", "--timeout=180s"]),
  );
  const began = performance.now();
  await apply(rendered, kubectl);
  await waitFor(async () => (await look(bundle, kubectl)).ok, {
    seconds: 180,
    otherwise: () =>
      new Failure(`not all targets of ${rendered.overlay} are up`, `npm run verify -- ${rendered.overlay} says why`),
  });
  const secondsToUp = (performance.now() - began) / 1000;
  await step("waiting until it is warm", () => new Promise((resolve) => setTimeout(resolve, warm * 1000)), warm);
  const { items } = await kubectl.json<{ items: { metadata: { name: string } }[] }>(["get", "nodes"]);
  const summaries = await Promise.all(
    items.map(
      async ({ metadata: { name } }) =>
        JSON.parse(await kubectl.raw(`/api/v1/nodes/${name}/proxy/stats/summary`)) as Summary,
    ),
  );
  return { secondsToUp, containers: residentOf(summaries, namespaces) };
}

/** Resident memory of the containers in these namespaces, by name. */
export function residentOf(summaries: readonly Summary[], namespaces: readonly string[]): StackCost["containers"] {
  const found = new Map<string, { count: number; rss: number }>();
  for (const { podRef, containers } of summaries.flatMap(({ pods }) => pods)) {
    if (!namespaces.includes(podRef.namespace)) continue;
    for (const { name, memory } of containers) {
      const { count, rss } = found.get(name) ?? { count: 0, rss: 0 };
      if (name !== "grafana") found.set(name, { count: count + 1, rss: rss + (memory?.rssBytes ?? 0) });
    }
  }
  return [...found].map(([name, sums]) => ({ name, ...sums })).sort((one, other) => other.rss - one.rss);
}

/** What a stack of production may take. */
const goal = { megabytes: 420, secondsToUp: 18 };

/** A stack's figures, with the goals that an overlay of production has. */
export function stackTable({ secondsToUp, containers }: StackCost): string {
  const inMegabytes = (rss: number) => (rss / 1e6).toFixed(0);
  const sum = containers.reduce((all, { rss }) => all + rss, 0);
  const met = (value: number, most: number) => `${most}: ${value <= most ? "met" : "not met"}`;
  return table(
    ["", "containers", "", "goal, at most"],
    [
      ...containers.map(({ name, count, rss }) => [`${name}, MB (RSS)`, `${count}`, inMegabytes(rss), ""]),
      [
        "all without Grafana, MB (RSS)",
        `${containers.reduce((all, { count }) => all + count, 0)}`,
        inMegabytes(sum),
        met(sum / 1e6, goal.megabytes),
      ],
      ["from apply to every target up, s", "", secondsToUp.toFixed(1), met(secondsToUp, goal.secondsToUp)],
    ],
  );
}
