import { spawn } from "node:child_process";
import type { ISecret } from "kubernetes-models/v1/Secret";
import { webSecret } from "../../../generators/prometheus/pod.js";
import { Failure } from "../failure.js";
import { type Kubectl, kubectlCommand } from "../kubectl.js";

/** A port of a pod, to be reached from here. */
interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/**
 * What a pod answers to a GET of `path` by somebody who logs in as the Secret of components/basic-auth says. The API
 * server's proxy passes no password on, so that it takes `kubectl port-forward`.
 *
 * @throws Failure when the Secret cannot be read, when the pod cannot be reached, and when it takes another password.
 */
export async function askLoggedIn(kubectl: Kubectl, to: PodPort, path: string): Promise<string> {
  const { data = {} } = await kubectl.json<ISecret>(["get", "secret", webSecret, "--namespace", to.namespace]);
  const [username, password] = [data.username, data.password].map((text = "") => Buffer.from(text, "base64"));
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  return await forwarded(kubectl, to, async (address) => {
    const response = await fetch(`${address}${path}`, { headers: { authorization } });
    if (response.ok) return await response.text();
    throw new Failure(
      response.status === 401
        ? `it does not take the password of Secret ${webSecret}`
        : `${path} answers with HTTP status ${response.status}`,
    );
  });
}

/** Does `work` with an address on this machine that leads to the pod. */
async function forwarded<T>(kubectl: Kubectl, to: PodPort, work: (address: string) => Promise<T>): Promise<T> {
  const { namespace, pod, port } = to;
  const args = [...kubectl.flags, "port-forward", `pod/${pod}`, `:${port}`, "--namespace", namespace];
  const forward = spawn(await kubectlCommand(), args, { stdio: ["ignore", "pipe", "pipe"] });
  try {
    const local = await new Promise<string>((resolve, reject) => {
      let said = "";
      const listen = (chunk: Buffer) => {
        said += chunk;
        const [, found] = /^Forwarding from 127\.0\.0\.1:(\d+) /m.exec(said) ?? [];
        if (found !== undefined) resolve(found);
      };
      forward.stdout.on("data", listen);
      forward.stderr.on("data", listen);
      forward.on("error", reject);
      forward.on("close", () => reject(new Failure(`kubectl ${args.join(" ")} failed:\n${said.trim()}`)));
    });
    return await work(`http://127.0.0.1:${local}`);
  } finally {
    forward.kill();
  }
}
