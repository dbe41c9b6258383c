export const tableNameOf = (breakerName: string): string => `${breakerName}-breakers`;
