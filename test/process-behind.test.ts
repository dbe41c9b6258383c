import { socketBetween } from './process-behind';

test('a connection of the same local port to elsewhere is another one', () => {
  const line = (local: string, remote: string, inode: number) =>
    `   0: ${local} ${remote} 01 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0 20 4 30 10 -1`;
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    line('0100007F:C350', '0100007F:0FA0', 11), // 50000 → 4000
    line('0200000A:C350', '0100000A:01BB', 12), // of another address
    line('0100007F:1F90', '0100007F:C350', 13), // the server's end: 8080 → 50000
    line('0100007F:C350', '0100007F:1F90', 14), // 50000 → 8080
  ].join('\n');
  expect(socketBetween(table, 50_000, 8080)).toBe('14');
  expect(socketBetween(table, 50_000, 9090)).toBeUndefined();
});
