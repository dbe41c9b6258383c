import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json, jsonParseLinter } from '@codemirror/lang-json';
import { defaultHighlightStyle, syntaxHighlighting, syntaxTree } from '@codemirror/language';
import { type Diagnostic, linter } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap, lineNumbers } from '@codemirror/view';
import type { Fault } from '../../functions/desk/core/queue-settings';

/** A text with its faults marked at their fields. */
export interface Editor {
  readonly element: HTMLElement;
  text(): string;
}

/** Where a path such as `items.0.size` stands in the text; the whole where it doesn't. */
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
  return { from: node?.from ?? 0, to: node?.to ?? state.doc.length };
}

/** An editor in a shadow root: its styles are adopted there, so that the page's policy needs no inline style. */
export function jsonEditor(body: string, faults: readonly Fault[], readOnly: boolean): Editor {
  const element = document.createElement('div');
  element.className = 'editor';
  const root = element.attachShadow({ mode: 'open' });
  const ofSchema = (view: EditorView): Diagnostic[] =>
    // They were found in the body as it came; what is changed is checked again when it is saved.
    view.state.doc.toString() === body
      ? faults.map(({ path, message }) => ({ ...placeOf(view.state, path), severity: 'error', message }))
      : [];
  const parse = jsonParseLinter();
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: body,
      extensions: [
        ...[lineNumbers(), history(), json(), syntaxHighlighting(defaultHighlightStyle)],
        linter((current) => [...parse(current), ...ofSchema(current)], { delay: 200 }),
        // Tab leaves the editor: whoever has only a keyboard must not be caught in it.
        keymap.of([...defaultKeymap, ...historyKeymap]),
        EditorView.lineWrapping,
        EditorState.readOnly.of(readOnly),
        EditorView.contentAttributes.of({ 'aria-label': 'Body of the message' }),
        EditorView.theme({
          '&': { maxHeight: '24rem' },
          '.cm-scroller': { overflow: 'auto' },
          // The library's own mark is a picture, which the page's policy doesn't load.
          '.cm-lintRange.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy #d11' },
        }),
      ],
    }),
  });
  return { element, text: () => view.state.doc.toString() };
}
