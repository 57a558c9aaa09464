import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { $ } from "zx";
import { images, reference } from "../../../generators/versions.js";
import { placeOf } from "../../../scripts/lib/cluster/layout.js";
import { pki } from "../../../scripts/lib/cluster/pki.js";

/** A pod of a test that exposes what it is told to, and whoever it is for. */
export interface Exporter {
  readonly name: string;
  readonly namespace: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Samples of the metric `workload_items`. */
  readonly samples: number;
  /** Serves HTTPS with these, PEM, in place of HTTP. */
  readonly certificate?: { readonly key: string; readonly crt: string };
}

/** Ports that such a pod declares; it listens at the first. */
export const ports = [9100, 9101] as const;

/** The objects of it: node-exporter, of which every collector is off but the one that reads a file. */
export function exporter({ name, namespace, annotations = {}, samples, certificate }: Exporter): object[] {
  const metadata = { name, namespace };
  const lines = Array.from({ length: samples }, (_, index) => `workload_items{item="${index}"} 1\n`);
  const tls = "tls_server_config: { cert_file: tls.crt, key_file: tls.key }\n";
  const data = {
    "items.prom": lines.join(""),
    "web.yml": certificate === undefined ? "" : tls,
    ...(certificate && { "tls.crt": certificate.crt, "tls.key": certificate.key }),
  };
  const container = {
    name: "exporter",
    image: reference(images.nodeExporter),
    args: [
      "--collector.disable-defaults",
      "--collector.textfile",
      "--collector.textfile.directory=/files",
      "--web.disable-exporter-metrics",
      "--web.config.file=/files/web.yml",
      `--web.listen-address=:${ports[0]}`,
    ],
    ports: ports.map((containerPort) => ({ containerPort })),
    volumeMounts: [{ name: "files", mountPath: "/files" }],
  };
  return [
    { apiVersion: "v1", kind: "ConfigMap", metadata, data },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...metadata, labels: { app: name }, annotations },
      spec: {
        terminationGracePeriodSeconds: 0,
        automountServiceAccountToken: false,
        containers: [container],
        volumes: [{ name: "files", configMap: { name } }],
      },
    },
  ];
}

/** A certificate of the embedded cluster's CA for a name or an address, valid for so many days from now on; below zero it has ended. */
export async function certificate(name: string, days: number): Promise<NonNullable<Exporter["certificate"]>> {
  const folder = await mkdtemp(join(tmpdir(), "plain-prometheus-test-"));
  const openssl = $({ quiet: true, cwd: folder });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "tls.key"];
  const authority = ["-CA", pki(placeOf(), "ca.crt"), "-CAkey", pki(placeOf(), "ca.key"), "-set_serial", "1"];
  try {
    await writeFile(join(folder, "extensions"), `subjectAltName=${isIP(name) === 0 ? "DNS" : "IP"}:${name}\n`);
    await openssl`openssl req -new ${key} -subj ${`/CN=${name}`} -out tls.csr`;
    await openssl`openssl x509 -req -in tls.csr ${authority} -days ${days} -extfile extensions -out tls.crt`;
    const [keyText, crt] = await Promise.all(
      ["tls.key", "tls.crt"].map((file) => readFile(join(folder, file), "utf8")),
    );
    return { key: keyText ?? "", crt: crt ?? "" };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A Service that leads to the pods of such a name. */
export function service(
  name: string,
  namespace: string,
  app: string,
  targetPort: number = ports[0],
  annotations: Readonly<Record<string, string>> = {},
  ipFamilyPolicy: "SingleStack" | "PreferDualStack" = "SingleStack",
): object {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace, annotations },
    spec: { ipFamilyPolicy, selector: { app }, ports: [{ name: "metrics", port: 80, targetPort }] },
  };
}
