import type { CanaryColour } from '../../runtime/ports';
import type { Cause } from './letter';

/** What is known at this moment about whoever a group's messages need. */
export interface Evidence {
  readonly canary: CanaryColour;
  readonly canaryDetail?: string | undefined;
  /** Letters of the group that were sent again and came back, and that are done. */
  readonly failed: number;
  readonly done: number;
}

/** What to do with a group, and why. */
export interface Verdict {
  readonly verdict: 'release' | 'fix' | 'leave';
  readonly because: readonly string[];
}

/** What a canary says, in a sentence. */
function ofCanary({ canary, canaryDetail }: Evidence): string {
  if (canary === 'none') return 'No canary says whether the dependency works.';
  const detail = canaryDetail ? `: ${canaryDetail}` : '';
  return canary === 'green' ? `The canary is green${detail}.` : `The canary is red${detail}.`;
}

/** From why a group's letters are here, and how the dependency stands, to what helps them. */
export function judge({ reason, path }: Cause, evidence: Evidence): Verdict {
  const because = [ofCanary(evidence)];
  if (evidence.failed > 0)
    because.push(`${evidence.failed} that were sent again came back, ${evidence.done} are done.`);
  if (evidence.canary === 'red') {
    return { verdict: 'leave', because: [...because, 'Whatever is sent now would be parked: wait until it is green.'] };
  }
  switch (reason) {
    case 'malformed':
    case 'refused':
      return { verdict: 'fix', because: [...because, `The message itself is wrong${path ? `, at ${path}` : ''}.`] };
    case 'conflict':
      return {
        verdict: 'fix',
        because: [
          ...because,
          'Its id was used before by a message with other content: give it another id, or discard it.',
        ],
      };
    case 'forgotten':
      return {
        verdict: 'leave',
        because: [...because, 'It may have been done: look it up at the dependency before it is sent again.'],
      };
    case 'too-large':
      return {
        verdict: 'leave',
        because: [
          ...because,
          'It could not be finished and is too large for the main queue: put it into its source again, or raise maxMessageSize.',
        ],
      };
    case 'poison':
      return {
        verdict: 'fix',
        because: [...because, 'It failed again and again while the dependency worked for others.'],
      };
    case 'undelivered':
    case 'exhausted':
      if (evidence.failed > evidence.done)
        return { verdict: 'leave', because: [...because, 'Sending it again does not help.'] };
      return { verdict: 'release', because: [...because, 'Nothing says that the message is wrong.'] };
  }
}
