import { notRecorded } from "../../../metrics/catalogue/conditional.js";
import { catalogues } from "../../../metrics/catalogue/index.js";
import { type Read, ruleReads } from "../../../metrics/keep-list.js";
import { notices } from "../../../metrics/promql/check.js";
import { type Misread, misreads } from "../../../metrics/promql/misreads.js";
import { matches } from "../../../metrics/promql/values.js";
import { dashboardsIn, readsIn } from "../rendered/dashboards.js";
import type { MountedFile } from "../rendered/mounted.js";
import type { Rendered } from "../rendered/objects.js";
import { parsed, prometheusesOf, type RenderedPrometheus } from "../rendered/prometheus.js";
import { correct, sourceOf } from "../rendered/source.js";
import { partsOfThanos } from "../rendered/thanos.js";
import type { Check, Finding } from "./check.js";
import { ruleFile, viewFor } from "./own-rules.js";
import { prometheusConfig } from "./prometheus/config.js";

const component = "components/native-histograms";

/**
 * Rules and dashboards read histograms as their jobs keep them, classic or native; and where they are native, this Prometheus
 * knows them, and those that it writes to get them.
 */
export const nativeHistograms: Check = {
  name: "native histograms",
  after: [prometheusConfig],
  run: async (rendered) => [
    ...readingsOf(rendered).flatMap((one) => (one.mayBeOthers ? [] : [told(one, rendered)])),
    ...prometheusesOf(rendered).flatMap((one) => [
      ...unknowing(one),
      ...unsent(one, rendered),
      ...changing(one, rendered),
    ]),
  ],
  unlooked: async (rendered) => [
    ...readingsOf(rendered)
      .filter(({ mayBeOthers }) => mayBeOthers)
      .map((one) => judged(one, told(one, rendered).message, rendered)),
    ...interpolated(rendered),
  ],
};

/** What reads a histogram in the form in which a job does not keep it. */
interface Reading extends Misread {
  readonly file: MountedFile;
  readonly reader: string;
  /** Whether it may mean a job whose metrics were never recorded. */
  readonly mayBeOthers: boolean;
}

function readingsOf(rendered: Rendered): Reading[] {
  return prometheusesOf(rendered).flatMap((prometheus) => {
    const view = viewFor(prometheus);
    const unknown = view.jobs.filter((job) => !catalogues.has(job) && !notRecorded.has(job));
    const readings = (file: MountedFile, reads: readonly Read[]) =>
      reads.flatMap(({ expr, reader }) =>
        misreads(expr, view).map((one): Reading => {
          const ofJob = one.selector.matchers.filter(({ label }) => label === "job");
          const mayBeOthers = unknown.some((job) => ofJob.every((matcher) => matches(matcher, job)));
          return { ...one, file, reader, mayBeOthers };
        }),
      );
    return [
      ...prometheus.rules.flatMap((file) => readings(file, readsOfRules(file))),
      ...dashboardsIn(rendered).flatMap((file) => readings(file, readsIn(file))),
    ];
  });
}

function told({ file, reader, metric, instead }: Reading, rendered: Rendered): Finding {
  const [{ name, bounds }] = instead;
  const jobs = [...new Set(instead.flatMap(({ job }) => job ?? []))].sort().join(", ");
  const isNative = bounds !== undefined;
  const histogram = isNative ? name : metric;
  const functions = "histogram_quantile without le, histogram_fraction, histogram_count or histogram_sum";
  return {
    object: file.object,
    message: `${file.key}: ${reader} reads ${metric}, and job ${jobs} keeps ${histogram} as a ${isNative ? "native" : "classic"} histogram`,
    fix: isNative
      ? `read ${histogram} by ${functions} (${correct(rendered, file)}); name the job where another one is meant; or take ${component} out`
      : `read ${histogram}_bucket, ${histogram}_sum or ${histogram}_count (${correct(rendered, file)}), or have the job convert its histograms, as ${component} does`,
  };
}

function judged({ file }: Pick<Reading, "file">, message: string, rendered: Rendered): string {
  return `${sourceOf(rendered, file)?.path ?? file.key}: whether this may be is yours to judge: ${message}`;
}

/** Rules that ask for shares between the bounds of buckets. */
function interpolated(rendered: Rendered): string[] {
  return prometheusesOf(rendered).flatMap((prometheus) => {
    const view = viewFor(prometheus);
    return prometheus.rules.flatMap((file) =>
      readsOfRules(file).flatMap(({ expr, reader }) =>
        notices(expr, view).map(({ message }) => judged({ file }, `${reader}: ${message}`, rendered)),
      ),
    );
  });
}

function readsOfRules(file: MountedFile): Read[] {
  return ruleFile(file, file.key).groups.flatMap(({ rules }) => rules.flatMap(ruleReads));
}

function convertingJobs({ seen, global }: RenderedPrometheus): string[] {
  return seen
    .filter(({ config }) => config.convert_classic_histograms_to_nhcb ?? global.convert_classic_histograms_to_nhcb)
    .flatMap(({ config }) => config.job_name ?? []);
}

/**
 * Jobs whose histograms may change from exponential to custom buckets, beside a sidecar of Thanos: its Compactor ends over such a
 * series (`cannot reduce resolution to custom buckets schema`).
 */
function changing(prometheus: RenderedPrometheus, rendered: Rendered): Finding[] {
  const { workload, clients, global } = prometheus;
  if (!partsOfThanos(rendered, "sidecar").some(({ object }) => object === workload.object)) return [];
  const converting = convertingJobs(prometheus);
  return clients
    .filter(({ config }) => converting.includes(config.job_name ?? ""))
    .filter(({ config }) => config.scrape_native_histograms ?? global.scrape_native_histograms)
    .map(({ who, file }) => ({
      object: file.object,
      message: `${file.key}: ${who} takes exponential histograms and converts others to custom buckets; Thanos' Compactor ends over a series that changes from one to the other`,
      fix: `keep one of the two: scrape_native_histograms: false, as the bundle has it, or no convert_classic_histograms_to_nhcb (${correct(rendered, file)})`,
    }));
}

/** A Prometheus that drops native histograms unless a flag says otherwise, and that works out some shares wrongly. */
function unknowing(prometheus: RenderedPrometheus): Finding[] {
  const { workload, container } = prometheus;
  const [, version, major, minor] = /:v?((\d+)\.(\d+)[^@]*)/.exec(container.image ?? "") ?? [];
  const isOld = Number(major) < 3 || (Number(major) === 3 && Number(minor) < 8);
  const [job] = convertingJobs(prometheus);
  if (job === undefined || version === undefined || !isOld) return [];
  return [
    {
      object: workload.object,
      message: `container ${container.name} runs Prometheus ${version}, and job ${job} keeps native histograms, which are stable from 3.8 on`,
      fix: `run 3.8 or newer, or take ${component} out`,
    },
  ];
}

/** A part of prometheus.yml that sends samples elsewhere. */
interface RemoteWrite {
  readonly url?: string;
  readonly name?: string;
  readonly protobuf_message?: string;
  readonly convert_nhcb_to_classic?: boolean;
}

/**
 * Receivers that get no native histograms with custom buckets: message 1 cannot carry them, and Prometheus drops them.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#remote_write
 */
function unsent(prometheus: RenderedPrometheus, rendered: Rendered): Finding[] {
  const { main } = prometheus;
  const [job] = convertingJobs(prometheus);
  const { remote_write = [] } = (parsed(main) ?? {}) as { readonly remote_write?: readonly RemoteWrite[] };
  if (job === undefined) return [];
  return remote_write
    .filter(
      ({ protobuf_message = first, convert_nhcb_to_classic }) => protobuf_message === first && !convert_nhcb_to_classic,
    )
    .map(({ url, name = url }) => ({
      object: main.object,
      message: `${main.key}: remote_write to ${name} sends the message ${first}, which cannot carry the native histograms of job ${job}: Prometheus drops them`,
      fix: `set protobuf_message: io.prometheus.write.v2.Request where the receiver takes it, or convert_nhcb_to_classic: true (${correct(rendered, main)})`,
    }));
}

const first = "prometheus.WriteRequest";
