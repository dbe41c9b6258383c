import { MemoryDeskStore } from './memory-store';
import { storeContract } from './store-contract';

const store = new MemoryDeskStore();
storeContract(() => store);
