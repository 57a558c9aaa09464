import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { $ } from "zx";

/** A machine to install something on: this one, but that what is written to /etc, /var/lib and /usr/local/bin is not kept. */
export interface Host {
  /** Runs lines of a shell there as root, and ends at the first that fails. */
  sh(lines: string, folder: string): Promise<string>;
  /** Ends every process of it; nothing of it is left. */
  end(): Promise<void>;
}

/**
 * What systemd would do with the parts of a unit that say what runs and as whom. Its sandbox is not there: for that
 * there is `systemd-analyze verify`.
 */
const systemctl = String.raw`#!/bin/sh
set -e
unit() { sed -n "s/^$1 = //p" "/etc/systemd/system/$name.service"; }
case "$*" in
  daemon-reload) ;;
  "enable --now "*)
    name=$3
    state=/var/lib/$(unit StateDirectory)
    install -d -o "$(unit User)" -g "$(unit Group)" -m "$(unit StateDirectoryMode)" "$state"
    setpriv --reuid "$(unit User)" --regid "$(unit Group)" --init-groups --bounding-set=-all --no-new-privs -- \
      $(unit ExecStart) >"/var/lib/$name.log" 2>&1 &
    echo $! >"/var/lib/$name.pid" ;;
  "disable --now "*) kill "$(cat "/var/lib/$3.pid")" ;;
  *) echo "no such systemctl: $*" >&2; exit 1 ;;
esac
`;

/** A copy of /etc, an empty /var/lib, and nothing in /usr/local/bin but the program and a small systemctl. */
const furnish = `
set -e
mount -t tmpfs tmpfs /mnt
cp -a /etc /mnt/etc
mkdir -p /mnt/etc/systemd/system
mount --bind /mnt/etc /etc
mount -t tmpfs tmpfs /var/lib
mount -t tmpfs tmpfs /usr/local/bin
touch /usr/local/bin/prometheus
mount --bind "$PROMETHEUS" /usr/local/bin/prometheus
printf '%s' "$SYSTEMCTL" >/usr/local/bin/systemctl
chmod +x /usr/local/bin/systemctl
echo furnished
exec sleep infinity
`;

/** A host with a program named prometheus. It ends with this process, in whatever way that does. */
export async function host(prometheus: string): Promise<Host> {
  const namespaces = ["--mount", "--propagation=private", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const init = spawn("setpriv", ["--pdeathsig", "KILL", "--", "unshare", ...namespaces, "--", "sh", "-c", furnish], {
    env: { ...process.env, PROMETHEUS: prometheus, SYSTEMCTL: systemctl },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await furnished(init);
  const pid = await firstProcess(init);
  const path = "PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  return {
    async sh(lines, folder) {
      const inside = ["--target", pid, "--mount", "--pid", `--wd=${folder}`, "--", "env", path, "sh", "-ec", lines];
      return (await $({ quiet: true })`nsenter ${inside}`).stdout;
    },
    async end() {
      const gone = once(init, "exit");
      init.kill("SIGKILL");
      await gone;
    },
  };
}

async function furnished({ stdout }: ChildProcess): Promise<void> {
  if (stdout === null) throw new Error("no pipe from the host");
  for await (const line of createInterface({ input: stdout })) if (line === "furnished") return;
  throw new Error("the host was not furnished");
}

/** The first process of the new namespaces, which unshare forked. */
async function firstProcess({ pid }: ChildProcess): Promise<string> {
  return (await $({ quiet: true })`pgrep --parent ${pid ?? 0}`).stdout.trim();
}
