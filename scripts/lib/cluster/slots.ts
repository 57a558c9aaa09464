import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../failure.js";
import { withLock } from "../lock.js";
import { type Families, type Layout, layoutOf, type Place, parents, placeWithId, slotCount } from "./layout.js";
import { routeInTheWay, routes } from "./network.js";

/** Every place where an embedded cluster is or may have left something: that of the one without a name in any case. */
export async function places(): Promise<Place[]> {
  const entries = await Promise.all(Object.values(parents).map((folder) => readdir(folder)));
  const named = entries.flat().filter((name) => name.startsWith("plain-prometheus."));
  return [...new Set(["plain-prometheus", ...named])].sort().map(placeWithId);
}

/** What the cluster of a place has; undefined for one with a name that has taken no slot. */
export async function takenLayout(place: Place, families?: Families): Promise<Layout | undefined> {
  const slot = await slotOf(place);
  return slot === undefined ? undefined : layoutOf(place, slot, families);
}

/**
 * Takes a slot for the cluster of a place whose addresses nobody has, until the place's state is removed.
 *
 * @throws Failure when there is none.
 */
export function takeLayout(place: Place, families: Families): Promise<Layout> {
  return withLock(
    "slots",
    () => {},
    async () => {
      const layout = await freeLayout(place, families);
      if (place.name === undefined) return layout;
      await mkdir(place.state, { recursive: true });
      await writeFile(slotFile(place), layout.network.range);
      return layout;
    },
  );
}

/** What the cluster of a place would have. @throws Failure when every slot is taken, or its addresses are. */
export async function freeLayout(place: Place, families: Families): Promise<Layout> {
  const all = Array.from({ length: slotCount }, (_, slot) => layoutOf(place, slot, families));
  const [nameless, ...named] = all as [Layout, ...Layout[]];
  const others = (await places()).filter(({ id }) => id !== place.id);
  const taken = (await Promise.all(others.map(slotOf))).filter((slot) => slot !== undefined);
  const machine = await routes();
  const obstacle = ({ network }: Layout) => routeInTheWay(machine, network);
  const layout =
    place.name === undefined
      ? nameless
      : named.find((one, index) => !taken.includes(index + 1) && obstacle(one) === undefined);
  if (layout === undefined) {
    throw new Failure(
      `there is no room for one more embedded cluster beside ${others.map(({ id }) => id).join(", ")}`,
      "npm run down -- --name NAME removes one",
    );
  }
  const route = obstacle(layout);
  if (route === undefined) return layout;
  throw new Failure(
    `the embedded cluster needs ${layout.network.range}, and this machine routes ${route.dst} to ${route.dev ?? "nowhere"}`,
    "take that route away while you use the embedded cluster, or use a cluster of your own with --context",
  );
}

async function slotOf(place: Place): Promise<number | undefined> {
  if (place.name === undefined) return 0;
  const range = await readFile(slotFile(place), "utf8").catch(() => "");
  const slot = Array.from({ length: slotCount }, (_, index) => layoutOf(place, index).network.range).indexOf(range);
  return slot === -1 ? undefined : slot;
}

function slotFile({ state }: Place): string {
  return join(state, "range");
}
