import type { PageSettings } from '../../functions/desk/contract';
import type { AttachedQueue } from '../../functions/desk/core/desk';
import type { Actor } from '../../functions/desk/core/roles';
import { button, el, find, redraw, setText } from '../dom';
import { consumerList } from './consumer-list';
import { ConsumerView } from './consumer-view';
import { DeskApi, DeskError } from './desk-api';
import { FindView } from './find-view';
import { GroupList } from './group-list';
import { GroupView } from './group-view';
import { LetterView } from './letter-view';
import { lossClocks } from './loss-clocks';
import { linkTo, type Place, readPlace } from './place';
import type { Session } from './session';
import { SignIn, SignInError } from './sign-in';

/** Milliseconds between two looks at the groups. */
const LOOK_MS = 5000;
/** Milliseconds that good news stand; bad ones stand until something else is said. */
const SAID_MS = 8000;

const main = find('#desk');
const said = find('#said');
const signedIn = find('#signed-in');

let forget: number | undefined;
function say(text: string, tone: 'good' | 'bad' = 'good'): void {
  clearTimeout(forget);
  said.dataset.tone = tone;
  setText(said, text);
  if (tone === 'good') forget = window.setTimeout(() => setText(said, ''), SAID_MS);
}

/** Instead of the desk: what is in the way, and what to do. */
function inTheWay(title: string, why: string, ...doing: HTMLElement[]): void {
  main.replaceChildren(
    el('div', { class: 'in-the-way', role: 'alert' }, el('h2', {}, title), el('p', {}, why), ...doing),
  );
}

async function settings(): Promise<PageSettings> {
  const response = await fetch('/desk.json');
  if (!response.ok) throw new SignInError(`/desk.json: ${response.status}; the page isn’t told where its issuer is`);
  return (await response.json()) as PageSettings;
}

function navigation(links: PageSettings['links'] = []): void {
  find('#pages').replaceChildren(
    ...links.map(({ text, href }) => el('a', { href, 'aria-current': href === location.pathname && 'page' }, text)),
  );
}

type View = ConsumerView | FindView | GroupView | LetterView;

/** The desk, for somebody who is signed in. */
class DeskPage implements Session {
  private readonly list = new GroupList((place) => location.assign(linkTo(place)));
  private readonly detail = el('section', { class: 'detail', 'aria-label': 'What is chosen' });
  private readonly consumers = el('section', { class: 'beside', 'aria-label': 'Consumers' });
  private readonly clocks = el('section', { class: 'beside', 'aria-label': 'Still in SQS' });
  private queues: readonly AttachedQueue[] = [];
  private view: View | undefined;
  private shown: Place = {};

  constructor(
    readonly actor: Actor,
    readonly desk: DeskApi,
    private readonly signIn: SignIn,
    private readonly runbooks: string | undefined,
  ) {}

  readonly say = say;
  here = () => readPlace(location.hash);
  queue = (arn: string) => this.queues.find(({ settings }) => settings.queue === arn);
  runbook = (page: string) => this.runbooks && `${this.runbooks.replace(/\/+$/, '')}/${page}.md`;

  async attempt(action: () => Promise<unknown>, done?: string): Promise<boolean> {
    try {
      await action();
      if (done) say(done);
      return true;
    } catch (error) {
      if (error instanceof SignInError) this.ended(error);
      else say((error as Error).message, 'bad');
      return false;
    }
  }

  async start(): Promise<void> {
    this.list.element.append(this.consumers, this.clocks);
    main.replaceChildren(this.list.element, this.detail);
    window.addEventListener('hashchange', () => void this.go());
    window.addEventListener('beforeunload', (event) => {
      if (this.view instanceof LetterView && this.view.isDirty) event.preventDefault();
    });
    await this.refresh();
    await this.go();
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      if (document.visibilityState === 'visible') await this.refresh();
    }
  }

  async refresh(): Promise<void> {
    await this.attempt(async () => {
      const [groups, queues] = await Promise.all([this.desk.groups(), this.desk.queues()]);
      this.queues = queues;
      const place = this.here();
      this.list.show(groups, place);
      redraw(this.consumers, consumerList(queues, place.consumer, new Date()));
      redraw(this.clocks, lossClocks(queues, new Date()));
      if (this.view instanceof ConsumerView) {
        const queue = this.queue(this.shown.consumer ?? '');
        if (queue) await this.view.refresh(queue);
      }
      if (this.view instanceof GroupView) {
        const group = groups.find(({ id }) => id === this.shown.group);
        if (group) this.view.show(group);
      }
    });
  }

  /** To where the address says. */
  private async go(): Promise<void> {
    await this.refresh();
    // Only now: whoever went on while the groups were asked for is where the address says, not where they were.
    const place = this.here();
    const before = this.shown;
    const same = (['group', 'letter', 'status', 'where', 'consumer'] as const).every(
      (name) => place[name] === before[name],
    );
    if (same && this.view) return;
    if (
      this.view instanceof LetterView &&
      this.view.isDirty &&
      !confirm('Leave this letter? What you typed is not saved.')
    ) {
      return history.back();
    }
    this.shown = place;
    if (this.view && !(this.view instanceof LetterView)) this.view.stop();
    this.view = this.viewOf(place);
    main.dataset.depth = place.letter || place.group || place.where || place.consumer ? 'detail' : 'groups';
    if (!this.view) {
      this.detail.replaceChildren(
        el(
          'p',
          { class: 'empty placeholder' },
          'Choose a group: what is wrong with its letters, what helps them, and the letters themselves are shown here.',
        ),
      );
      return;
    }
    this.detail.replaceChildren(this.view.element);
    const { view } = this;
    await this.attempt(() => view.start());
    if (before.group !== undefined || document.activeElement !== document.body) view.heading.focus();
  }

  private viewOf(place: Place): View | undefined {
    if (place.letter) return new LetterView(this, place.letter, place);
    if (place.consumer) {
      const queue = this.queue(place.consumer);
      if (!queue) say('That queue is not attached any more.', 'bad');
      return queue && new ConsumerView(this, queue, place);
    }
    if (place.where && !place.group) return new FindView(this, place.where, place);
    const group = place.group === undefined ? undefined : this.list.find(place.group);
    if (place.group !== undefined && !group) say('That group is not here any more.', 'bad');
    return group && new GroupView(this, group, place, (next) => location.assign(linkTo(next)));
  }

  /** Nothing that was typed is thrown away: what is shown stays, and signing in is offered beside it. */
  private ended({ message }: SignInError): void {
    if (document.querySelector('#ended')) return;
    const again = button('Sign in again', 'main', () => this.signIn.leave());
    said.after(el('div', { id: 'ended', class: 'in-the-way', role: 'alert' }, el('p', {}, message), again));
  }
}

async function begin(): Promise<void> {
  const told = await settings();
  navigation(told.links);
  const signIn = await SignIn.begin(told);
  if (!signIn) return;
  const desk = new DeskApi(told.api, () => signIn.access());
  const other = button('Sign in as somebody else', 'small', () => signIn.leave(true));
  try {
    const actor = await desk.me();
    signedIn.replaceChildren(el('span', {}, actor.name, ' ', el('span', { class: 'badge' }, actor.role)), other);
    await new DeskPage(actor, desk, signIn, told.runbooks).start();
  } catch (error) {
    if (!(error instanceof DeskError) || error.status !== 403) throw error;
    inTheWay('You may not look', `${error.message}. Whoever gives roles at your issuer can give you one.`, other);
  }
}

function start(): void {
  begin().catch((error: Error) => {
    const again = button('Try again', 'main', () => {
      inTheWay('Signing in…', '');
      start();
    });
    inTheWay(error instanceof SignInError ? 'You are not signed in' : 'The desk can’t be shown', error.message, again);
  });
}
start();
