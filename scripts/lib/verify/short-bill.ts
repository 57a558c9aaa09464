import { bill } from "../cost/bill.js";
import { measureBriefly } from "../cost/measure.js";
import type { Query } from "../cost/queries.js";
import { Failure } from "../failure.js";
import type { PrometheusApi } from "../prometheus.js";
import type { ShortBill } from "./report.js";

/** The bill of a Prometheus in short; undefined where it does not answer, which is no fault of what is verified. */
export async function shortBill(api: PrometheusApi, queries: readonly Query[]): Promise<ShortBill | undefined> {
  try {
    const { kept, waste, jobs } = bill({ ...(await measureBriefly(api, queries)), taken: [] }, queries);
    const counted = jobs.flatMap(({ bytes }) => bytes ?? []);
    return {
      pod: api.name,
      kept,
      wasteByName: Number.isFinite(waste.byName) ? waste.byName : null,
      bytes: counted.length === 0 ? null : counted.reduce((all, one) => all + one, 0),
      jobs: jobs.map(({ job, kept, share }) => ({ job, kept, share })),
    };
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
