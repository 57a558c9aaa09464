import { join, resolve } from "node:path";
import { outsideAccount } from "../../../generators/bare-metal/access.js";
import { outside } from "../../../generators/bare-metal/outside.js";
import type { Settings } from "../../../generators/settings/index.js";
import type { Kubectl } from "../kubectl.js";
import { root } from "../project.js";
import { projectSettings } from "../settings.js";
import { namespaceOfAccount, newToken } from "./account.js";
import { type OutsideFile, shown, writeFolder } from "./folder.js";
import { authorities, contextOf } from "./reach.js";
import { readme, shownDate } from "./readme.js";

/** What a folder is wanted for. */
interface OutsideOptions {
  readonly kubectl: Kubectl;
  /** Absent: one for each context, in dist/outside/. */
  readonly folder?: string;
  /** Where Prometheus is to listen, on loopback of its machine. */
  readonly port: number;
  readonly lifetimeSeconds: number;
  readonly kubeletTls: Settings["scrape"]["kubeletTls"];
  /** Where the ServiceAccount is; absent: where one is found. */
  readonly namespace?: string;
  /** Value of the external label; absent: the name of the context. */
  readonly cluster?: string;
  /** The command that did this, to be done again. */
  readonly again: string;
}

/** A folder that was written. */
export interface Written extends Pick<OutsideOptions, "again" | "lifetimeSeconds"> {
  readonly folder: string;
  readonly apiServer: string;
  readonly account: string;
  readonly expires: Date;
}

/**
 * Writes the folder of a Prometheus outside, a new token included.
 *
 * @throws Failure that says what is missing in the cluster, in the kubeconfig or on the disk; the folder is as it was.
 */
export async function outsideFolder(options: OutsideOptions): Promise<Written> {
  const { kubectl, port, kubeletTls, again, lifetimeSeconds } = options;
  const context = await contextOf(kubectl);
  const folder = options.folder === undefined ? folderOf(context.name) : resolve(options.folder);
  const namespace = await namespaceOfAccount(kubectl, options.namespace);
  const usual = projectSettings();
  const settings: Settings = {
    ...usual,
    namespace,
    scrape: { ...usual.scrape, kubeletTls },
    cluster: { ...usual.cluster, name: options.cluster ?? context.name },
  };
  const ca = await authorities(kubectl, context, namespace);
  const { text, expires } = await newToken(kubectl, namespace, lifetimeSeconds);
  const reach = { apiServer: context.server, port };
  const told = { settings, ...reach, expires, again, kubectlFlags: kubectl.flags };
  await writeFolder(
    folder,
    new Map<string, OutsideFile>([
      ...[...outside(settings, reach)].map(([path, text]): [string, OutsideFile] => [path, { text }]),
      ["ca.crt", { text: ca }],
      ["token", { text, secret: true }],
      ["README.md", { text: readme(told) }],
    ]),
  );
  const account = `${namespace}/${outsideAccount}`;
  return { folder, apiServer: context.server, account, expires, again, lifetimeSeconds };
}

/** Names of contexts may have slashes and colons. */
function folderOf(context: string): string {
  return join(root, "dist/outside", context.replace(/[^\w.-]+/g, "_"));
}

/** What the user of the command is told; never the token. */
export function said(
  { folder, apiServer, account, expires, again, lifetimeSeconds }: Written,
  now = new Date(),
): string {
  const given = (expires.getTime() - now.getTime()) / 1000;
  const path = shown(folder);
  return [
    `${path}: written, for the cluster at ${apiServer}`,
    `token:  ServiceAccount ${account}, until ${shownDate(expires)}`,
    ...(given < 0.9 * lifetimeSeconds ? ["        sooner than asked for: the API server gives no longer ones"] : []),
    ...(isLoopback(apiServer) ? [`note:   ${apiServer} is this machine alone; elsewhere it leads nowhere`] : []),
    `rotate: ${again}`,
    `        then bring ${path}/token to where it is used: Prometheus needs no restart`,
    `next:   ${path}/README.md`,
  ].join("\n");
}

function isLoopback(url: string): boolean {
  return /^(localhost|127\..*|\[::1\])$/.test(new URL(url).hostname);
}
