import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { $ } from "zx";
import { provide } from "../../../scripts/lib/debian.js";
import { root } from "../../../scripts/lib/project.js";
import { eventually } from "./eventually.js";

/** A machine that systemd runs: this one's files and network, but that nothing that is written outside of the project is kept. */
export interface Host {
  /** Runs lines of a shell there as root, and ends at the first that fails. */
  sh(lines: string, folder: string): Promise<string>;
  /** Ends every process of it; nothing of it is left. */
  end(): Promise<void>;
}

const systemd = "/lib/systemd/systemd";

/**
 * Puts a root together and has systemd boot from it: what it reads of the machine's units is Debian's own alone, and to
 * devices, modules and settings of the kernel it cannot get.
 *
 * Source: https://systemd.io/CONTAINER_INTERFACE/
 */
const boot = `
set -e
mount -t tmpfs tmpfs /mnt
mkdir /mnt/cgroup /mnt/upper /mnt/work /mnt/root
mount -t cgroup2 cgroup2 /mnt/cgroup
mkdir "/mnt/cgroup/$CGROUP"
echo $$ >"/mnt/cgroup/$CGROUP/cgroup.procs"
mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/root
cd /mnt/root
rm -rf etc/systemd/system etc/fstab var/lib var/log
mkdir -p etc/systemd/system var/lib var/log run proc sys dev tmp before "./$PROJECT"
touch usr/local/bin/prometheus
mount --bind "$PROMETHEUS" usr/local/bin/prometheus
mount --bind "$PROJECT" "./$PROJECT"
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
for folder in run dev tmp; do mount -t tmpfs tmpfs $folder; done
for device in null zero full random urandom tty; do touch dev/$device; mount --bind /dev/$device dev/$device; done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
exec unshare --cgroup sh -ec '
  mount -t cgroup2 cgroup2 sys/fs/cgroup
  pivot_root . before
  umount --lazy /before
  exec env -i container=test setpriv --bounding-set=-sys_module ${systemd} --unit=basic.target --log-target=null
'
`;

/** A host with a program named prometheus. It ends with this process, in whatever way that does. */
export async function host(prometheus: string): Promise<Host> {
  await provide([{ file: systemd, package: "systemd" }], "the test of a unit");
  const cgroup = `plain-prometheus-host-${process.pid}`;
  const namespaces = ["--mount", "--propagation=private", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const own = [...namespaces, "--uts", "--ipc"];
  const init = spawn("setpriv", ["--pdeathsig", "KILL", "--", "unshare", ...own, "--", "sh", "-c", boot], {
    env: { ...process.env, CGROUP: cgroup, PROJECT: root, PROMETHEUS: prometheus },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const sh = async (lines: string, folder: string) => {
    const spaces = ["--target", await firstProcess(init), "--mount", "--uts", "--ipc", "--pid", "--cgroup"];
    const path = "PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    return (await $({ quiet: true })`nsenter ${spaces} --wd=${folder} -- env ${path} sh -ec ${lines}`).stdout;
  };
  await eventually("systemd to run", async () => (await sh("systemctl is-system-running", "/")) === "running\n");
  return {
    sh,
    async end() {
      const gone = once(init, "exit");
      init.kill("SIGKILL");
      await gone;
      const away = 'mount -t cgroup2 cgroup2 /mnt && find "/mnt/$0" -depth -type d -exec rmdir {} +';
      const remove = $({ quiet: true });
      // Its processes end a moment after the first one.
      await eventually("its last process to end", async () => {
        await remove`unshare --mount --propagation=private sh -c ${away} ${cgroup}`;
        return true;
      });
    },
  };
}

/** The first process of the new namespaces, which unshare forked. */
async function firstProcess({ pid }: ChildProcess): Promise<string> {
  return (await $({ quiet: true })`pgrep --parent ${pid ?? 0}`).stdout.trim();
}
