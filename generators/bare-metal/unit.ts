import type { Ini } from "../lib/text.js";
import type { Settings } from "../settings/index.js";

/** Name of the unit, of its folder in /etc, and of its folder in /var/lib. */
export const unitName = "prometheus-outside";

/** Whom Prometheus runs as: the token is this user's alone. */
export const unitUser = "prometheus";

/** Prometheus' flags, by hand and by systemd. The place of its samples is not among them. */
export function flags(settings: Settings, port: number): readonly string[] {
  return [
    `--storage.tsdb.retention.time=${settings.prometheus.retentionTime}`,
    `--storage.tsdb.retention.size=${settings.prometheus.retentionSize}`,
    // A changed file goes live in place, as in the cluster.
    "--enable-feature=auto-reload-config",
    // Prometheus has no login. To reach it from elsewhere, put something in front that asks for one.
    `--web.listen-address=127.0.0.1:${port}`,
  ];
}

/**
 * The systemd unit of a Prometheus outside of the cluster. It may write its samples and nothing else.
 *
 * Source: systemd.service(5), systemd.exec(5)
 */
export function unit(settings: Settings, port: number): Ini {
  return {
    Unit: {
      Description: "Prometheus, outside of the cluster that it watches",
      Wants: "network-online.target",
      After: "network-online.target",
    },
    Service: {
      User: unitUser,
      Group: unitUser,
      // systemd looks for it in /usr/local/bin, then in /usr/bin.
      ExecStart: [
        "prometheus",
        `--config.file=/etc/${unitName}/prometheus.yml`,
        `--storage.tsdb.path=/var/lib/${unitName}`,
        ...flags(settings, port),
      ].join(" "),
      StateDirectory: unitName,
      StateDirectoryMode: "0750",
      Restart: "on-failure",
      RestartSec: "5",
      // On SIGTERM it closes its head. After SIGKILL it has to replay its log.
      TimeoutStopSec: "300",
      LimitNOFILE: "65536",
      UMask: "0027",
      CapabilityBoundingSet: "",
      NoNewPrivileges: "yes",
      ProtectSystem: "strict",
      ProtectHome: "yes",
      PrivateTmp: "yes",
      PrivateDevices: "yes",
      ProtectClock: "yes",
      ProtectControlGroups: "yes",
      ProtectHostname: "yes",
      ProtectKernelLogs: "yes",
      ProtectKernelModules: "yes",
      ProtectKernelTunables: "yes",
      ProtectProc: "invisible",
      RestrictAddressFamilies: "AF_INET AF_INET6 AF_UNIX",
      RestrictNamespaces: "yes",
      RestrictRealtime: "yes",
      RestrictSUIDSGID: "yes",
      LockPersonality: "yes",
      SystemCallArchitectures: "native",
      SystemCallFilter: "@system-service",
    },
    Install: { WantedBy: "multi-user.target" },
  };
}
