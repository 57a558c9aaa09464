import { isDeclared } from "../rendered/declared.js";
import { find } from "../rendered/objects.js";
import { environmentOf, expand } from "../rendered/variables.js";
import { workloadsOf } from "../rendered/workloads.js";
import type { Check } from "./check.js";

/** Every `$(NAME)` of a container has its variable, and every variable the ConfigMap that it reads. */
export const variables: Check = {
  name: "variables",
  run: async (rendered) =>
    workloadsOf(rendered).flatMap(({ object, namespace, containers }) =>
      containers.flatMap((container) => {
        const environment = environmentOf(container, namespace, rendered.objects);
        const expanded = [...(container.command ?? []), ...(container.args ?? [])].flatMap((text) =>
          expand(text, environment).missing.map((name) => ({
            object,
            message: `container ${container.name} has ${text}, but no variable ${name}: it would stay as it is written`,
            fix: `add ${name} to env, or write $$(${name}) where the text itself is meant`,
          })),
        );
        const read = (container.env ?? []).flatMap(({ name, valueFrom }) => {
          const reference = valueFrom?.configMapKeyRef;
          if (reference == null || reference.optional) return [];
          if (isDeclared(rendered, `ConfigMap ${namespace}/${reference.name}`)) return [];
          const configMap = find(rendered.objects, "v1/ConfigMap", reference.name ?? "", namespace);
          if (configMap?.data?.[reference.key] !== undefined) return [];
          return {
            object,
            message: `variable ${name} of container ${container.name} reads ${reference.key} of ConfigMap ${reference.name}, which the overlay does not render`,
            fix: "correct name and key, or add the ConfigMap",
          };
        });
        const taken = (container.envFrom ?? [])
          .map(({ configMapRef }) => configMapRef)
          .filter((reference) => reference != null && !reference.optional)
          .filter((reference) => !isDeclared(rendered, `ConfigMap ${namespace}/${reference?.name}`))
          .filter((reference) => !find(rendered.objects, "v1/ConfigMap", reference?.name ?? "", namespace))
          .map((reference) => ({
            object,
            message: `container ${container.name} takes its variables from ConfigMap ${reference?.name}, which the overlay does not render`,
            fix: "correct the name, or add the ConfigMap",
          }));
        return [...expanded, ...read, ...taken];
      }),
    ),
};
