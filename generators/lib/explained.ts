import type { KubernetesObject } from "./base-and-component.js";

/** An object of a typed model, which keeps the reasons that its data has: the model itself drops them. */
export function explained<Model extends new (data: never) => KubernetesObject>(
  Type: Model,
  written: NonNullable<ConstructorParameters<Model>[0]>,
): KubernetesObject {
  const object = new Type(written);
  return { ...object, written, validate: () => object.validate(), toJSON: () => object.toJSON() };
}
