import { outsideAccount } from "../../../generators/bare-metal/access.js";
import { flags, unitName, unitUser } from "../../../generators/bare-metal/unit.js";
import { kubeletPort } from "../../../generators/lib/kubelet-port.js";
import type { Settings } from "../../../generators/settings/index.js";

/** What the folder's README tells of. */
export interface Told {
  readonly settings: Settings;
  readonly apiServer: string;
  readonly port: number;
  readonly expires: Date;
  /** The command that writes the folder once more. */
  readonly again: string;
  /** What binds a kubectl to the cluster. */
  readonly kubectlFlags: readonly string[];
}

/** The README of the folder: each block is to be run as it stands, in the folder. */
export function readme({ settings, apiServer, port, expires, again, kubectlFlags }: Told): string {
  const { cluster, namespace } = settings;
  const kubectl = ["kubectl", ...kubectlFlags].join(" ");
  const here = ["prometheus --config.file=prometheus.yml --storage.tsdb.path=data", ...flags(settings, port)];
  const etc = `/etc/${unitName}`;
  return `# Prometheus outside of the cluster ${cluster}

It finds the nodes through the API server at <${apiServer}>, scrapes kubelets and node-exporters at the nodes' own
addresses, and kube-state-metrics through the API server. The machine that it runs on must reach all of these: the API
server, and ports ${kubeletPort} and ${settings.nodeExporter.port} of every node. \`token\` lets it do what the ServiceAccount \`${namespace}/${outsideAccount}\`
may. Whoever reads that file may do the same, **until ${shownDate(expires)}**.

## Try it

With Prometheus 3 in your PATH:

\`\`\`sh
${here.join(" \\\n  ")}
\`\`\`

<http://localhost:${port}/targets> shows every target.

## Let systemd run it

Copy this folder to the machine. There, in the folder, as root, and with \`prometheus\` in /usr/local/bin or /usr/bin:

\`\`\`sh
getent passwd ${unitUser} || useradd --system --no-create-home --shell /usr/sbin/nologin ${unitUser}
mkdir -p ${etc}
cp -R prometheus.yml scrape rules ca.crt token ${etc}
chown ${unitUser}: ${etc}/token
cp ${unitName}.service /etc/systemd/system/
systemctl daemon-reload
systemctl enable --now ${unitName}
\`\`\`

## Rotate the token

Where the project and your kubeconfig are, once more:

\`\`\`sh
${again}
\`\`\`

writes a new token into the same folder. Bring that file to the machine and, as root, exchange it there. Prometheus
reads it anew with each request: it needs no restart, and no scrape is lost.

\`\`\`sh
install -o ${unitUser} -m 0600 token ${etc}/token.new
mv ${etc}/token.new ${etc}/token
\`\`\`

The old token goes on until its own end. When somebody else may have it, end all of them at once, then rotate:

\`\`\`sh
${kubectl} --namespace ${namespace} delete serviceaccount ${outsideAccount}
${kubectl} apply -k overlays/bare-metal
\`\`\`

## Take it away

\`\`\`sh
systemctl disable --now ${unitName}
rm -r ${etc} /etc/systemd/system/${unitName}.service /var/lib/${unitName}
\`\`\`
`;
}

/** To the minute, in UTC. */
export function shownDate(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
