// A component that keeps its life: built once for its root, told of new data and themes, and ended with the root.

// create: (root, base) -> what has `update(data, component)` and, if there is something to end, `destroy()`
export function keyed(create) {
  const instances = new WeakMap();
  return (component, base) => {
    const { parentElement: root, data } = component;
    if (!instances.has(root)) instances.set(root, create(root, base));
    const instance = instances.get(root);
    instance.update(data, component);
    return () => {
      instance.destroy?.();
      instances.delete(root);
    };
  };
}
