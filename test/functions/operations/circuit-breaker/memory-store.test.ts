import { MemoryStore } from './memory-store';
import { storeContract } from './store-contract';

describe('the store in memory, which the histories are played on', () => {
  const store = new MemoryStore();
  storeContract(() => store);
});
