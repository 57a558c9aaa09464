import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { arch } from "node:os";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Pack, pack } from "tar-stream";
import type { Settings } from "../../../generators/settings/index.js";
import { images, reference } from "../../../generators/versions.js";
import { cached, cacheKey } from "../cache.js";
import { Failure } from "../failure.js";
import { projectSettings } from "../settings.js";
import { type ToolName, toolchain } from "../toolchain/index.js";

/** A container image that is made here, in place of the one that its reference names. */
export interface ImageSource {
  /** As the manifests name it: `quay.io/prometheus/prometheus:v3.16.0`. */
  readonly reference: string;
  /** Each program in it, by its path. */
  readonly programs: Readonly<Record<string, ToolName>>;
  /** Whether it has the shell of BusyBox, as the official one has. */
  readonly shell?: boolean;
  /** Folders that belong to the image's user. */
  readonly folders?: readonly string[];
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly command?: readonly string[];
  readonly workingFolder?: string;
}

/** The sandbox of every pod; not an image that this bundle names, and not the one of Kubernetes. */
export const pauseReference = "plain-prometheus.invalid/pause:v1.0.0";

/** The cluster's DNS server. */
export const dnsReference = "registry.k8s.io/coredns/coredns:v1.15.0";

/** The images of the cluster's own pods, which it has whatever is applied to it. */
export const clusterImages: readonly ImageSource[] = [
  { reference: pauseReference, programs: { "/pause": "pause" }, user: "65535:65535", entrypoint: ["/pause"] },
  { reference: dnsReference, programs: { "/coredns": "coredns" }, user: "65532:65532", entrypoint: ["/coredns"] },
];

/**
 * The images of the bundle, with the users, paths and commands of the official ones.
 *
 * @param named - references that an overlay names: what takes long to build, and few overlays run, is there for those alone
 */
export function imageSources(named: readonly string[] = [], settings = projectSettings()): readonly ImageSource[] {
  return [...usualImages(settings), ...rareImages(settings).filter(({ reference }) => named.includes(reference))];
}

/** Images that few overlays run. */
export function rareImages(settings: Settings): readonly ImageSource[] {
  return [
    {
      reference: reference(images.thanos, settings),
      programs: { "/bin/thanos": "thanos" },
      user: "1001:1001",
      entrypoint: ["/bin/thanos"],
    },
  ];
}

function usualImages(settings: Settings): readonly ImageSource[] {
  return [
    {
      reference: reference(images.prometheus, settings),
      programs: { "/bin/prometheus": "prometheus", "/bin/promtool": "promtool" },
      shell: true,
      folders: ["/etc/prometheus", "/prometheus"],
      user: "nobody",
      entrypoint: ["/bin/prometheus"],
      command: ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"],
      workingFolder: "/prometheus",
    },
    {
      reference: reference(images.alertmanager, settings),
      programs: { "/bin/alertmanager": "alertmanager", "/bin/amtool": "amtool" },
      folders: ["/etc/alertmanager", "/alertmanager"],
      user: "nobody",
      entrypoint: ["/bin/alertmanager"],
      command: ["--config.file=/etc/alertmanager/alertmanager.yml", "--storage.path=/alertmanager"],
      workingFolder: "/alertmanager",
    },
    {
      reference: reference(images.nodeExporter, settings),
      programs: { "/bin/node_exporter": "node_exporter" },
      user: "nobody",
      entrypoint: ["/bin/node_exporter"],
    },
    {
      reference: reference(images.kubeStateMetrics, settings),
      programs: { "/kube-state-metrics": "kube-state-metrics" },
      user: "nobody",
      entrypoint: ["/kube-state-metrics", "--port=8080", "--telemetry-port=8081"],
    },
    {
      reference: reference(images.blackboxExporter, settings),
      programs: { "/bin/blackbox_exporter": "blackbox_exporter" },
      folders: ["/etc/blackbox_exporter"],
      user: "0:0",
      entrypoint: ["/bin/blackbox_exporter"],
      command: ["--config.file=/etc/blackbox_exporter/config.yml"],
    },
  ];
}

/**
 * The docker archive of an image, for `ctr images import`.
 *
 * @throws Failure when a program in it is of another version than the image's tag says.
 */
export async function imageArchive(source: ImageSource): Promise<string> {
  const built = await Promise.all(
    Object.entries(source.programs).map(async ([path, tool]) => {
      requireVersion(source.reference, tool, await toolchain.version(tool));
      return { path, file: await toolchain.tool(tool) };
    }),
  );
  const programs = [...built, ...(source.shell === true ? [{ path: "/bin/sh", file: "/bin/busybox" }] : [])];
  const key = cacheKey(JSON.stringify(source), ...programs.map(({ file }) => file), "layout 1");
  const folder = await cached("image", key, 0.5, (target) => writeImage(join(target, "image.tar"), source, programs));
  return join(folder, "image.tar");
}

/** A program of an image: its path there, and the file that it comes from. */
interface ImageProgram {
  readonly path: string;
  readonly file: string;
}

/** Writes the docker archive of an image with these programs; the same input gives the same bytes. */
export async function writeImage(file: string, source: ImageSource, programs: readonly ImageProgram[]): Promise<void> {
  const layer = `${file}.layer`;
  await write(layer, (tar) => writeLayer(tar, source, programs));
  await write(file, (tar) => writeArchive(tar, source, layer));
  await rm(layer);
}

/** @throws Failure when an image's tag is not the version of a program that goes into it: its tests would prove nothing. */
export function requireVersion(reference: string, tool: ToolName, version: string): void {
  const [named = ""] = reference.split("@");
  const tag = named.slice(named.lastIndexOf(":") + 1);
  if (tag === `v${version}`) return;
  throw new Failure(
    `${reference} would be made with ${tool} ${version}`,
    "bring the version in generators/versions.ts and the go.mod of that tool below tools/ together",
  );
}

const nobody = 65534;

async function writeLayer(tar: Pack, { folders = [] }: ImageSource, programs: readonly ImageProgram[]): Promise<void> {
  const made = new Set<string>();
  const folder = (path: string, owner = 0, mode = 0o755): void => {
    if (path === "/" || made.has(path)) return;
    folder(dirname(path));
    made.add(path);
    tar.entry({ ...fixed, name: `${path.slice(1)}/`, type: "directory", mode, uid: owner, gid: owner });
  };
  for (const path of folders) folder(path, nobody);
  folder("/tmp", 0, 0o1777);
  folder("/etc");
  const nobodyLine = `nobody:x:${nobody}:${nobody}:nobody:/home:/bin/false`;
  tar.entry({ ...fixed, name: "etc/passwd" }, `root:x:0:0:root:/root:/bin/sh\n${nobodyLine}\n`);
  tar.entry({ ...fixed, name: "etc/group" }, `root:x:0:\nnobody:x:${nobody}:\n`);
  for (const { path, file } of programs) {
    folder(dirname(path));
    await addFile(tar, path.slice(1), file, 0o755);
  }
}

/** Source: https://github.com/moby/docker-image-spec, the format of `docker save`. */
async function writeArchive(tar: Pack, source: ImageSource, layer: string): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(layer), hash);
  const digest = hash.digest("hex");
  const config = JSON.stringify({
    architecture: arch() === "x64" ? "amd64" : arch(),
    os: "linux",
    config: {
      User: source.user,
      Entrypoint: source.entrypoint,
      ...(source.command !== undefined && { Cmd: source.command }),
      WorkingDir: source.workingFolder ?? "/",
    },
    rootfs: { type: "layers", diff_ids: [`sha256:${digest}`] },
  });
  const configName = `${createHash("sha256").update(config).digest("hex")}.json`;
  const manifest = [{ Config: configName, RepoTags: [keptAs(source.reference)], Layers: [`${digest}.tar`] }];
  await addFile(tar, `${digest}.tar`, layer, 0o644);
  tar.entry({ ...fixed, name: configName }, config);
  tar.entry({ ...fixed, name: "manifest.json" }, JSON.stringify(manifest));
}

/** The name by which a container runtime finds an image: one with a digest by that alone, whatever its tag. */
function keptAs(reference: string): string {
  const [named = "", digest] = reference.split("@");
  return digest === undefined ? named : `${named.slice(0, named.lastIndexOf(":"))}@${digest}`;
}

/** A time or an owner of this machine would make each image another one. */
const fixed = { mtime: new Date(0), uid: 0, gid: 0, uname: "", gname: "" };

async function write(file: string, fill: (tar: Pack) => Promise<void>): Promise<void> {
  const tar = pack();
  const written = pipeline(tar, createWriteStream(file));
  await fill(tar);
  tar.finalize();
  await written;
}

async function addFile(tar: Pack, name: string, file: string, mode: number): Promise<void> {
  const { size } = await stat(file);
  await pipeline(createReadStream(file), tar.entry({ ...fixed, name, mode, size }));
}
