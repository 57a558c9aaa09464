import { readFile } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import { hostAndPort } from "../../../scripts/lib/address.js";
import type { Layout } from "../../../scripts/lib/cluster/layout.js";
import { pki } from "../../../scripts/lib/cluster/pki.js";
import type { Kubectl } from "../../../scripts/lib/kubectl.js";

/**
 * What one program would expose that is API server, scheduler, controller manager, kubelet and kube-proxy at once, as
 * k3s is: what each of the embedded cluster's exposes, and each series once.
 */
export async function asOneProgram(kubectl: Kubectl, layout: Layout): Promise<string> {
  const [{ name, address }] = layout.nodes;
  const texts = await Promise.all([
    kubectl.raw("/metrics"),
    kubectl.raw(`/api/v1/nodes/${name}/proxy/metrics`),
    ...[10257, 10259].map(async (port) =>
      get(`https://${hostAndPort(address, port)}/metrics`, await administrator(layout)),
    ),
    get(`http://${hostAndPort(address, 10249)}/metrics`, {}),
  ]);
  const series = new Map<string, string>();
  for (const line of texts.join("\n").split("\n")) {
    const key = line.slice(0, line.lastIndexOf(" "));
    if (line !== "" && !line.startsWith("#") && !series.has(key)) series.set(key, line);
  }
  return `${[...series.values()].join("\n")}\n`;
}

async function administrator(layout: Layout): Promise<https.RequestOptions> {
  const [cert, key] = await Promise.all([readFile(pki(layout, "admin.crt")), readFile(pki(layout, "admin.key"))]);
  // They sign their own certificates.
  return { cert, key, rejectUnauthorized: false };
}

/** The text at an address. */
export function get(url: string, options: https.RequestOptions): Promise<string> {
  const { request } = url.startsWith("https") ? https : http;
  return new Promise((resolve, reject) => {
    const asked = request(url, options, (response) => {
      let text = "";
      response
        .setEncoding("utf8")
        .on("data", (part: string) => {
          text += part;
        })
        .on("end", () =>
          response.statusCode === 200 ? resolve(text) : reject(new Error(`${url}: ${response.statusCode} ${text}`)),
        );
    });
    asked.on("error", reject).end();
  });
}
