import type { INode } from "kubernetes-models/v1/Node";

/** Why a node is not Ready, and the command that tells more; undefined for one that is. */
export function nodeTrouble({ metadata, status }: INode): { reason: string; command: string } | undefined {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  if (ready?.status === "True") return undefined;
  const node = `node ${metadata?.name}`;
  return {
    reason: `${node} is not Ready${ready?.message ? `: ${ready.message}` : ""}`,
    command: `kubectl describe ${node}`,
  };
}
