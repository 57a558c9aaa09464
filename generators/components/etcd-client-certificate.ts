import type { Base, Component } from "../lib/base-and-component.js";
import { because } from "../lib/because.js";
import { scrapeFiles } from "../prometheus/index.js";
import { etcd } from "../prometheus/scrape/etcd.js";
import { reached } from "../prometheus/scrape/index.js";
import { on } from "../prometheus/scrape/off.js";
import type { Settings } from "../settings/index.js";
import { changedPod } from "./changed-pod.js";
import { additionalEdges, openings } from "./job.js";

const name = "etcd-client-certificate";

/** Secret with the keys `ca.crt`, `tls.crt` and `tls.key`. */
export const etcdSecret = "prometheus-etcd-client";
const folder = "/etc/prometheus/etcd";

/** The job of `etcd` by way of the port for clients, with a certificate. */
export function etcdWithCertificate() {
  return etcd({ ca_file: `${folder}/ca.crt`, cert_file: `${folder}/tls.crt`, key_file: `${folder}/tls.key` });
}

/**
 * Reads etcd at the port of its clients, with a client's certificate: for an etcd without a port for metrics. Listed after
 * `etcd`, or after a platform that has it.
 *
 * @param bases those of the base
 */
export function etcdClientCertificate(settings: Settings, bases: readonly Base[]): Component {
  const { namespace } = settings;
  const jobs = on([etcdWithCertificate()], settings);
  return {
    name,
    source: "generators/components/etcd-client-certificate.ts",
    about: `Reads etcd at the port of its clients, with the certificate in the Secret ${etcdSecret}.`,
    after: ["prometheus-ha"],
    replaces: [scrapeFiles(jobs, settings)],
    patches: [
      ...openings(additionalEdges(bases, reached(settings), jobs)),
      changedPod(namespace, { volumeMounts: [{ name: "etcd", mountPath: folder, readOnly: true }] }, [
        because(
          { name: "etcd", secret: { secretName: etcdSecret, defaultMode: 0o440 } },
          "0440: Prometheus runs as a user of its own, and reads it by its group.",
        ),
      ]),
    ],
  };
}
