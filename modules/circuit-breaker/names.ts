export const tableNameOf = (breakerName: string): string => `${breakerName}-breakers`;

export const probeNameOf = (breakerName: string, dependency: string): string => `${breakerName}-probe-${dependency}`;
