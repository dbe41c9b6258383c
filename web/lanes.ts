/** What each lane is called on the pages, and what it shows. */
export interface LaneWords {
  readonly title: string;
  readonly about: string;
}

const WORDS: Readonly<Record<string, LaneWords>> = {
  unprotected: {
    title: 'Unprotected',
    about: 'As many shops begin: no dead-letter queue, a long time-out. What fails is tried again, for ever.',
  },
  protected: {
    title: 'Protected',
    about: 'A few tries, then the order is parked. It is released when a canary says that payment is back.',
  },
  breaker: {
    title: 'Circuit breaker',
    about: 'Stops asking while payment is down. Orders wait in their queue, untouched and free of charge.',
  },
  saga: {
    title: 'Saga',
    about: 'Beans, payment, coffee and a word to you: all of it happens, or what happened is taken back.',
  },
};

export const laneWords = (name: string): LaneWords => WORDS[name] ?? { title: name, about: 'A lane of the same shop.' };
