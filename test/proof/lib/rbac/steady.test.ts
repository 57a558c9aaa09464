import assert from "node:assert/strict";
import { test } from "uvu";
import { type Seen, targetsIn } from "../../../../proof/lib/rbac/see.js";
import { after, type Sighting } from "../../../../proof/lib/rbac/steady.js";
import type { ActiveTarget } from "../../../../scripts/lib/prometheus.js";

const forbidden = "server returned HTTP status 403 Forbidden";

/** Each target as `<job> <health>`, and what is wrong with those that are down. */
const targets = (...all: readonly `${string} ${ActiveTarget["health"]}`[]): Seen =>
  targetsIn(
    all.map((one) => {
      const [scrapePool, health] = one.split(" ") as [string, ActiveTarget["health"]];
      return { scrapePool, health, lastError: health === "down" ? forbidden : "" };
    }),
  );

/** One look a second. */
function looks(...all: readonly (Seen | undefined)[]): Sighting | undefined {
  return all.reduce<Sighting | undefined>((before, seen, second) => after(before, seen, second * 1000), undefined);
}

test("a target that was not scraped yet is not taken for one that is down", () => {
  const first = targets("cadvisor down", "kubelet unknown");
  const second = targets("cadvisor down", "kubelet down");
  assert.equal(looks(first), undefined);
  assert.deepEqual(looks(first, second), { seen: second, since: 1000 });
});

test("what stays the same is as old as the first look at it", () => {
  const seen = targets("kubelet up");
  assert.deepEqual(looks(targets(), seen, targets("kubelet up"), targets("kubelet up")), { seen, since: 1000 });
});

test("another error, another number and no answer begin anew", () => {
  const refused = targets("kubelet down");
  const other = targetsIn([{ scrapePool: "kubelet", health: "down", lastError: "401" }]);
  assert.deepEqual(looks(other, refused), { seen: refused, since: 1000 });
  const more = targets("kubelet up", "kubelet up");
  assert.deepEqual(looks(targets("kubelet up"), more), { seen: more, since: 1000 });
  assert.deepEqual(looks(more, undefined, more), { seen: more, since: 2000 });
});

test("the order in which Prometheus names targets means nothing", () => {
  const error = (lastError: string) => ({ scrapePool: "kubelet", health: "down" as const, lastError });
  const said = (...errors: readonly string[]) => targetsIn(errors.map(error));
  assert.equal(looks(said("401", "403"), said("403", "401"))?.since, 0);
});

test.run();
