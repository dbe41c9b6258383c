import type { JudgedGroup } from '../../functions/desk/core/desk';
import type { Letter } from '../../functions/desk/core/letter';
import { ACTIONS, type Action, may, ROLES, type Role } from '../../functions/desk/core/roles';
import { button, el, find, setText } from '../dom';
import { DeskApi } from './desk-api';
import { jsonEditor } from './editor';

const said = find('#said');
const groupsAt = find('#groups');
const groupAt = find('#group');
const letterAt = find('#letter');
const roles = find<HTMLSelectElement>('#role');

/** Milliseconds between two looks at the groups, and at a release. */
const LOOK_MS = 5000;
const WATCH_MS = 1000;

let desk: DeskApi;
let chosen: string | undefined;
/** What the groups said last: they are drawn again only when there is news. */
let drawn = '';

/** Does something, and says what came of it where everybody hears it. */
async function attempt(done: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
    if (done) setText(said, done);
  } catch (error) {
    setText(said, (error as Error).message);
  }
}

/** A button that says who may where this one may not. */
function allowed(label: string, action: Action, className: string, press: () => Promise<void>): HTMLElement {
  if (may(desk, action)) return button(label, className, press);
  const made = el('button', { type: 'button', class: className, 'aria-disabled': 'true' }, label);
  made.addEventListener('click', () => setText(said, `To ${action} takes ${ACTIONS[action]}; you are ${desk.role}.`));
  return el('span', {}, made, ' ', el('span', { class: 'muted' }, `takes ${ACTIONS[action]}`));
}

/** The same in the shell. */
const command = (...words: string[]) =>
  el('p', { class: 'muted' }, 'In the shell: ', el('code', {}, `spillway dead-letters ${words.join(' ')}`));

async function showGroups(): Promise<void> {
  const groups = await desk.groups();
  const now = JSON.stringify([groups, chosen, desk.role]);
  if (now === drawn) return;
  drawn = now;
  const focused = (document.activeElement as HTMLElement | null)?.dataset.group;
  groupsAt.replaceChildren(
    el('h2', {}, `${groups.length} ${groups.length === 1 ? 'group' : 'groups'}`),
    ...groups.map(groupRow),
  );
  if (groups.length === 0)
    groupsAt.append(el('p', { class: 'card' }, 'No dead letters. An order that can’t be handled comes here.'));
  if (focused) groupsAt.querySelector<HTMLElement>(`[data-group="${focused}"]`)?.focus();
}

function groupRow(group: JudgedGroup): HTMLElement {
  const { id, cause, counts, verdict, because } = group;
  const row = button('', 'row', () => attempt('', () => showGroup(group)));
  row.dataset.group = id;
  row.setAttribute('aria-current', String(id === chosen));
  const where = Object.entries(counts).map(([status, count]) => `${count} ${status}`);
  row.append(
    el('span', { class: `verdict verdict-${verdict}` }, verdict),
    ` ${cause.reason}${cause.path ? ` at ${cause.path}` : ''} · ${cause.queue.split(':').at(-1)} · ${where.join(', ')}`,
    el('br'),
    cause.errorClass,
    el('br'),
    el('span', { class: 'muted' }, because.join(' ')),
  );
  return row;
}

async function showGroup(group: JudgedGroup): Promise<void> {
  chosen = group.id;
  letterAt.hidden = true;
  const status = el('select', { 'aria-label': 'Status' });
  status.append(
    ...['open', 'sending', 'sent', 'done', 'failed', 'unknown', 'set-aside', 'discarded'].map((each) =>
      el('option', {}, each),
    ),
  );
  const text = el('input', { type: 'search', 'aria-label': 'Text in the body', placeholder: 'text in the body' });
  const list = el('div', {});
  const look = async (after?: string) => {
    const asked = { status: status.value, ...(text.value && { text: text.value }), ...(after && { after }) };
    const { items, next } = await desk.letters(group.id, asked);
    if (!after) list.replaceChildren();
    for (const letter of items) list.append(letterRow(letter));
    if (list.childElementCount === 0 && !next) list.append(el('p', { class: 'muted' }, 'None.'));
    if (next) {
      const more = button('More', '', async () => {
        more.remove();
        await attempt('', () => look(next));
      });
      list.append(more);
    }
  };
  status.addEventListener('change', () => void attempt('', () => look()));
  text.addEventListener('change', () => void attempt('', () => look()));
  groupAt.hidden = false;
  groupAt.replaceChildren(
    el('h2', {}, 'Letters'),
    el('div', { class: 'actions' }, status, text),
    list,
    command('list', group.id),
    ...releasing(group.id),
  );
  await look();
  await showGroups();
}

function letterRow(letter: Letter): HTMLElement {
  const row = button('', 'row', () => attempt('', () => showLetter(letter.id)));
  row.append(
    el('strong', {}, letter.businessId ?? 'no id'),
    ` ${letter.status}`,
    el('br'),
    el('span', { class: 'muted' }, letter.note ?? letter.detail),
  );
  return row;
}

/** One change to a whole group: a dry run first, then waves. */
function releasing(group: string): HTMLElement[] {
  const patch = el('textarea', {
    'aria-label': 'JSON Patch',
    spellcheck: 'false',
    placeholder: '[{"op": "replace", "path": "/size", "value": "small"}]',
  });
  const result = el('div', { 'aria-live': 'polite' });
  const asked = () => (patch.value.trim() ? { patch: patch.value } : {});
  const plan = async () => {
    const { letters, fit, waves, preview } = await desk.plan(group, asked());
    result.replaceChildren(
      el('p', {}, `${letters} letters, ${fit} fit and would be sent, in ${waves} waves; nothing was changed.`),
      ...preview.map(({ businessId, before, after, faults }) =>
        el(
          'div',
          { class: 'card' },
          el('strong', {}, businessId ?? 'no id'),
          before !== after && el('pre', { class: 'removed' }, `− ${before}`),
          el('pre', { class: before === after ? '' : 'added' }, `${before === after ? '' : '+ '}${after}`),
          ...faults.map(({ path, message }) => el('p', { class: 'verdict-fix' }, `stays: ${path} ${message}`)),
        ),
      ),
    );
  };
  const begin = async () => {
    const { id } = await desk.release(group, asked());
    await watch(id, result);
  };
  return [
    el('h2', {}, 'Send the group again'),
    el(
      'p',
      { class: 'muted' },
      'One letter first, then 2, 5, 20 …, each wave after the one before is done. One that comes back stops it.',
    ),
    patch,
    el(
      'div',
      { class: 'actions' },
      button('Dry run', '', () => attempt('', plan)),
      allowed('Send in waves', 'release', 'main', () => attempt('', begin)),
    ),
    command('release', group, '--patch FILE', '--dry-run'),
    result,
  ];
}

async function watch(id: string, result: HTMLElement): Promise<void> {
  for (;;) {
    const { state, because, counts } = await desk.watch(id);
    const steering = ['pause', 'resume', 'cancel'].map((what) =>
      button(what, '', () =>
        attempt('', async () => {
          await desk.steer(id, what);
        }),
      ),
    );
    result.replaceChildren(
      el('p', {}, `${state}: ${because}`),
      el(
        'p',
        {},
        `${counts.done} done, ${counts.failed} came back, ${counts.sending + counts.sent} waiting, ${counts.unknown} unknown`,
      ),
    );
    if (state !== 'running' && state !== 'paused') break;
    result.append(el('div', { class: 'actions' }, ...steering));
    await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
  }
  await showGroups();
}

async function showLetter(id: string, reveal = false): Promise<void> {
  const { letter, content, masked, faults, audit } = await desk.show(id, reveal);
  const open = letter.status === 'open';
  const editor = jsonEditor(content.body, faults, !open || masked || !may(desk, 'edit'));
  const why = el('input', { 'aria-label': 'Why', placeholder: 'why' });
  const newId = el('input', { type: 'checkbox' });
  const { version } = letter;
  const act = (what: string, body: object) => () =>
    attempt(`${letter.businessId ?? id}: ${what}`, async () => {
      await desk.act(id, what, { version, ...body });
      await showLetter(id);
      await showGroups();
    });
  const save = () =>
    attempt('', async () => {
      const saved = await desk.edit(id, { version, body: editor.text(), newId: newId.checked });
      await showLetter(id, reveal);
      const [fault] = saved.faults;
      setText(said, fault ? `Saved; it still doesn’t fit: ${fault.path} ${fault.message}` : 'Saved; it fits.');
    });
  letterAt.hidden = false;
  letterAt.replaceChildren(
    el('h2', {}, `${letter.businessId ?? 'no id'} · ${letter.status}`),
    el('p', {}, letter.note ?? letter.detail),
    ...faults.map(({ path, message }) => el('p', { class: 'verdict-fix' }, `${path || 'the whole'}: ${message}`)),
    ...(masked ? [el('p', { class: 'muted' }, 'What is sensitive is hidden.')] : []),
    editor.element,
    ...Object.entries(content.attributes).map(([name, { type, value }]) =>
      el('p', { class: 'muted' }, `${name} (${type}): ${value}`),
    ),
    ...(open ? [el('label', {}, newId, ' another business id, on purpose')] : []),
    el(
      'div',
      { class: 'actions' },
      ...(masked ? [allowed('Reveal', 'reveal', '', () => attempt('', () => showLetter(id, true)))] : []),
      ...(open
        ? [
            allowed('Save', 'edit', '', save),
            allowed('Send', 'send', 'main', act('send', {})),
            why,
            allowed('Set aside', 'set aside', '', () => act('set-aside', { why: why.value })()),
            allowed('Discard', 'discard', '', () => act('discard', { why: why.value })()),
          ]
        : []),
      ...(['set-aside', 'discarded'].includes(letter.status)
        ? [allowed('Reopen', 'reopen', '', act('reopen', {}))]
        : []),
    ),
    command('show', id),
    el('h3', {}, 'History'),
    el(
      'ol',
      {},
      ...audit.map(({ at, by, what, note, refused }) =>
        el('li', {}, `${at} ${by} ${what}${note ? `: ${note}` : ''}${refused ? ` (${refused})` : ''}`),
      ),
    ),
  );
}

async function signIn(role: Role): Promise<void> {
  // What the one before might do is gone before anybody else is signed in.
  groupsAt.replaceChildren();
  groupAt.hidden = true;
  letterAt.hidden = true;
  chosen = undefined;
  desk = await DeskApi.signIn(role);
  drawn = '';
  await showGroups();
}

roles.append(...ROLES.map((role) => el('option', { selected: role === 'operator' }, role)));
roles.addEventListener('change', () => void attempt(`You are ${roles.value}.`, () => signIn(roles.value as Role)));
await attempt('', () => signIn('operator'));
setInterval(() => void attempt('', showGroups), LOOK_MS);
