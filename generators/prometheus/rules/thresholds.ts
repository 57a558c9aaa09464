import * as v from "valibot";

/*
 * Where an alert draws its line is a setting: one block per subject, each with its unit in its name or description.
 * The rules of a subject read `settings.thresholds.<subject>`.
 */

const seconds = v.pipe(v.number(), v.integer("must be a whole number"), v.minValue(1, "must be at least 1"));
const ratio = v.pipe(v.number(), v.gtValue(0, "must be above 0"), v.ltValue(1, "must be below 1"));

const targets = v.strictObject({
  downRatio: v.pipe(v.optional(ratio, 0.1), v.description("Share of a job's targets that may be down, 0 to 1.")),
  downSeconds: v.pipe(v.optional(seconds, 600), v.description("How long they may be down, in seconds.")),
});

/** Thresholds of every subject. */
export const thresholds = v.strictObject({
  targets: v.optional(targets, {}),
});
