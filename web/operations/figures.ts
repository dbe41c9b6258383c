/** The numbers of a lane: one word each, on the cards, in the table and in the graphs, and what it means. */
export const FIGURES = {
  waiting: {
    word: 'Waiting',
    meaning: 'Orders in the main queue: not tried yet, being tried, or put off until the next try.',
  },
  parked: {
    word: 'Parked',
    meaning:
      'Orders that are fine and wait for payment, in the dead-letter queue: not tried, not lost. A release sends them back.',
  },
  repair: {
    word: 'Repair',
    meaning: 'Orders that are wrong in themselves. Trying again is no use: a person mends them.',
  },
  done: { word: 'Done', meaning: 'Orders that payment has charged.' },
  wasted: {
    word: 'Wasted',
    meaning: 'Seconds of Lambda paid for work that failed: of every invocation the share of its orders that failed.',
  },
  invocations: {
    word: 'Invocations',
    meaning: 'How often the function that handles orders was run, those under way among them.',
  },
} as const;

export type Figure = keyof typeof FIGURES;
