import assert from "node:assert/strict";
import { test } from "uvu";
import { hierarchiesOf } from "../../../../scripts/lib/cluster/cgroups.js";

test("of version 1 each hierarchy is mounted again with its controllers, and the unified one beside them is left", () => {
  const mountinfo = [
    "22 27 0:21 / /proc rw,relatime - proc proc rw",
    "31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct",
    "32 30 0:28 / /sys/fs/cgroup/systemd rw,nosuid - cgroup cgroup rw,xattr,name=systemd",
    "33 30 0:29 / /sys/fs/cgroup/unified rw,nosuid - cgroup2 cgroup2 rw",
  ].join("\n");
  assert.deepEqual(hierarchiesOf(mountinfo), [
    { type: "cgroup", folder: "/sys/fs/cgroup/cpu,cpuacct", options: "cpu,cpuacct" },
    { type: "cgroup", folder: "/sys/fs/cgroup/systemd", options: "none,xattr,name=systemd" },
  ]);
});

test("of version 2 there is one", () => {
  const mountinfo = "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
  assert.deepEqual(hierarchiesOf(mountinfo), [{ type: "cgroup2", folder: "/sys/fs/cgroup", options: "nsdelegate" }]);
});

test.run();
