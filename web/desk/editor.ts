import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json, jsonParseLinter } from '@codemirror/lang-json';
import { HighlightStyle, syntaxHighlighting, syntaxTree } from '@codemirror/language';
import { type Diagnostic, linter } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { Fault } from '../../functions/desk/core/queue-settings';

/** A text with its faults marked at their fields. */
export interface Editor {
  readonly element: HTMLElement;
  text(): string;
  setText(text: string): void;
  /** Puts the cursor where a fault is. */
  goTo(path: string): void;
}

interface EditorOptions {
  readonly label: string;
  readonly text: string;
  readonly faults?: readonly Fault[];
  readonly readOnly?: boolean;
  changed?(): void;
}

/** Where a path such as `items.0.size` stands in the text; the innermost that is there. */
function placeOf(state: EditorState, path: string): { from: number; to: number } {
  let node = syntaxTree(state).topNode.firstChild;
  for (const step of path === '' ? [] : path.split('.')) {
    let next: typeof node = null;
    if (node?.name === 'Object') {
      for (const property of node.getChildren('Property')) {
        const name = property.getChild('PropertyName');
        if (name && state.sliceDoc(name.from + 1, name.to - 1) === step) next = property.lastChild;
      }
    } else if (node?.name === 'Array') {
      const values = [];
      for (let child = node.firstChild; child; child = child.nextSibling) {
        if (!['[', ']', ','].includes(child.name)) values.push(child);
      }
      next = values[Number(step)] ?? null;
    }
    if (!next) break;
    node = next;
  }
  const [from, to] = [node?.from ?? 0, node?.to ?? state.doc.length];
  // A field that is missing is marked at the brace of what it is missing in, and not all over it.
  return node?.name === 'Object' || node?.name === 'Array' ? { from, to: from + 1 } : { from, to };
}

/** Colours of the page, in light and in dark. */
const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--code-name)' },
  { tag: tags.string, color: 'var(--code-text)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
]);

/** An editor in a shadow root: its styles are adopted there, so that the page's policy needs no inline style. */
export function jsonEditor({ label, text, faults = [], readOnly = false, changed }: EditorOptions): Editor {
  const element = document.createElement('div');
  element.className = 'editor';
  const root = element.attachShadow({ mode: 'open' });
  const ofSchema = (view: EditorView): Diagnostic[] =>
    // They were found in the text as it came; what is changed is checked again when it is saved.
    view.state.doc.toString() === text
      ? faults.map(({ path, message }) => ({ ...placeOf(view.state, path), severity: 'error', message }))
      : [];
  const parse = jsonParseLinter();
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        ...[lineNumbers(), history(), json(), syntaxHighlighting(colours)],
        linter((current) => (current.state.doc.length === 0 ? [] : [...parse(current), ...ofSchema(current)]), {
          delay: 200,
        }),
        // Tab leaves the editor: whoever has only a keyboard must not be caught in it.
        keymap.of([...defaultKeymap, ...historyKeymap]),
        EditorView.lineWrapping,
        EditorState.readOnly.of(readOnly),
        EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': String(readOnly) }),
        EditorView.updateListener.of(({ docChanged }) => docChanged && changed?.()),
        EditorView.theme({
          '&': { maxHeight: '26rem', fontSize: '0.875rem' },
          '&.cm-focused': { outline: '3px solid var(--focus)', outlineOffset: '2px' },
          '.cm-scroller': { overflow: 'auto', fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace' },
          '.cm-content': { caretColor: 'var(--ink)', padding: '0.5rem 0' },
          '.cm-cursor': { borderLeftColor: 'var(--ink)' },
          '.cm-gutters': { background: 'transparent', border: 'none', color: 'var(--muted)' },
          '.cm-tooltip': { background: 'var(--surface)', color: 'var(--ink)', border: '1px solid var(--line)' },
          // The library's own mark is a picture, which the page's policy doesn't load.
          '.cm-lintRange.cm-lintRange-error': {
            backgroundImage: 'none',
            backgroundColor: 'var(--fault-paper)',
            textDecoration: 'underline wavy var(--fault)',
            textUnderlineOffset: '3px',
          },
        }),
      ],
    }),
  });
  return {
    element,
    text: () => view.state.doc.toString(),
    setText: (next) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } }),
    goTo(path) {
      const { from, to } = placeOf(view.state, path);
      view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
      view.focus();
    },
  };
}
