import { selects } from "../rendered/label-selector.js";
import { nameOf, ofKind } from "../rendered/objects.js";
import { selectedBy } from "../rendered/services.js";
import { workloadsOf } from "../rendered/workloads.js";
import type { Check } from "./check.js";

/** Workloads select their own pods, and Services and PodDisruptionBudgets the pods of some workload. */
export const selectors: Check = {
  name: "selectors",
  run: async ({ objects }) => {
    const workloads = workloadsOf({ objects });
    const own = workloads
      .filter(({ selector, labels }) => selector !== undefined && !selects(selector, labels))
      .map(({ object, selector, labels }) => ({
        object,
        message: `selects ${JSON.stringify(selector)}, but its pods have the labels ${JSON.stringify(labels)}`,
        fix: "give spec.template.metadata.labels what spec.selector asks for",
      }));
    const services = ofKind(objects, "v1/Service")
      .filter((service) => selectedBy(service, workloads)?.length === 0)
      .map((service) => ({
        object: nameOf(service),
        message: `selects ${JSON.stringify(service.spec?.selector)}, which no pod of its namespace has`,
        fix: "correct spec.selector, or the labels of the pods that it is for",
      }));
    const budgets = ofKind(objects, "policy/v1/PodDisruptionBudget")
      .filter(({ metadata, spec }) => {
        const selector = spec?.selector;
        if (!selector) return true;
        return !workloads.some(
          ({ namespace, labels }) => namespace === metadata.namespace && selects(selector, labels),
        );
      })
      .map((budget) => ({
        object: nameOf(budget),
        message: `selects ${JSON.stringify(budget.spec?.selector ?? null)}, which no pod of its namespace has`,
        fix: "correct spec.selector, or the labels of the pods that it protects",
      }));
    return [...own, ...services, ...budgets];
  },
};
