import type { Expectation, RelabelConfig } from "../../../metrics/scrape-job.js";
import { because } from "../../lib/because.js";
import { atPort } from "./at-port.js";
import { machines } from "./machines.js";

/*
 * The parts of the control plane are found by the nodes that they run on, like node-exporter: as static pods, as
 * processes of the host or inside one program, they listen at the node's address. So no Service is written into
 * kube-system, a part that is away is a target that is down, and no permission is needed that the kubelet's job has not.
 */

/** Keeps the nodes of the control plane, and asks at a port of theirs. */
export function onControlPlane(port: number): readonly RelabelConfig[] {
  return [
    because(
      {
        action: "keep",
        source_labels: ["__meta_kubernetes_node_labelpresent_node_role_kubernetes_io_control_plane"],
        regex: "true",
      },
      "A node of the control plane: its label is there and, with most installers, empty.",
    ),
    atPort(port),
    ...machines,
  ];
}

/** One target for each node of the control plane. */
export function everyControlPlane(port: number): Expectation {
  return { every: "node", port, part: "control-plane" };
}

/** Members of a control plane: three, five or seven. */
export const members = 7;
