import assert from "node:assert/strict";
import { test } from "uvu";
import { type Seen, targetsIn } from "../../../../proof/lib/rbac/see.js";
import { after, restless, type Sighting } from "../../../../proof/lib/rbac/steady.js";
import type { ActiveTarget } from "../../../../scripts/lib/prometheus.js";

const forbidden = "server returned HTTP status 403 Forbidden";

/** Each target as `<job> <health>`, and what is wrong with those that are down. */
const targets = (...all: readonly `${string} ${ActiveTarget["health"]}`[]): Seen =>
  targetsIn(
    all.map((one, index) => {
      const [scrapePool, health] = one.split(" ") as [string, ActiveTarget["health"]];
      return { ...at(index), scrapePool, health, lastError: health === "down" ? forbidden : "" };
    }),
  );

const at = (index: number) => ({ scrapeUrl: `http://10.1.0.${index}/metrics`, labels: {} });

/** One look a second. */
function looks(...all: readonly (Seen | undefined)[]): Sighting | undefined {
  return all.reduce<Sighting | undefined>((before, seen, second) => after(before, seen, second * 1000), undefined);
}

test("a copy is not judged before each target was scraped, and before it has stayed the same for half a minute", () => {
  assert.match(restless(undefined, 0) ?? "", /does not answer/);
  const first = targets("cadvisor down", "kubelet unknown");
  assert.match(restless(looks(first), 60_000) ?? "", /no scrape has told yet of every target of kubelet$/);
  const second = targets("cadvisor down", "kubelet down");
  assert.deepEqual(looks(first, second), { seen: second, since: 1000 });
  assert.match(restless(looks(first, second), 21_000) ?? "", /changed 20s ago/);
  assert.equal(restless(looks(first, second), 32_000), undefined);
});

test("what stays the same is as old as the first look at it, also where a scrape is late meanwhile", () => {
  const seen = targets("kubelet up");
  const late = targetsIn([{ ...at(0), scrapePool: "kubelet", health: "down", lastError: "context deadline exceeded" }]);
  assert.deepEqual(looks(targets(), seen, late, targets("kubelet up")), { seen, since: 1000 });
});

test("another error, another number and no answer begin anew", () => {
  const refused = targets("kubelet down");
  const other = targetsIn([{ ...at(0), scrapePool: "kubelet", health: "down", lastError: "401" }]);
  assert.deepEqual(looks(other, refused), { seen: refused, since: 1000 });
  const more = targets("kubelet up", "kubelet up");
  assert.deepEqual(looks(targets("kubelet up"), more), { seen: more, since: 1000 });
  assert.deepEqual(looks(more, undefined, more), { seen: more, since: 1000 });
});

test("the order in which Prometheus names targets means nothing", () => {
  const said = (...indexes: readonly number[]) =>
    targetsIn(
      indexes.map((index) => ({ ...at(index), scrapePool: "kubelet", health: "down", lastError: `${400 + index}` })),
    );
  assert.equal(looks(said(1, 3), said(3, 1))?.since, 0);
});

test.run();
