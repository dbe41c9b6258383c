/** A resource block of the configuration: an address without the keys of count and for_each. */
export const blockOf = (address: string): string => address.replace(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, '');
