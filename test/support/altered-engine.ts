import Docker from "dockerode";

/** The real engine, where each container's calls are altered before they are made. */
export function alteredEngine(alter: (container: Docker.Container) => void): Docker {
  const engine = new Docker();
  const containerOf = engine.getContainer.bind(engine);
  engine.getContainer = (id) => {
    const container = containerOf(id);
    alter(container);
    return container;
  };
  return engine;
}
