import {
  defaultRangeExtractor,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type Range,
  Virtualizer,
} from '@tanstack/virtual-core';
import { el } from '../dom';

interface ListOptions<Item> {
  readonly label: string;
  key(item: Item): string;
  /** A link: what a row is for. */
  row(item: Item): HTMLAnchorElement;
  /** Pixels that a row is likely to take; it is measured when it is there. */
  readonly estimate: number;
  /** The last rows are near: there may be more to fetch. */
  atEnd?(): void;
}

interface Drawn {
  readonly element: HTMLElement;
  readonly said: string;
}

/** A list of which only what is in sight is in the page, however long it is. Arrow keys go from row to row; a row that has the focus keeps it when the list is drawn again. */
export class VirtualList<Item> {
  readonly element: HTMLElement;
  private readonly all = el('ul', {});
  private readonly virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  private items: readonly Item[] = [];
  private drawn = new Map<string, Drawn>();
  /** The row that has the focus is in the page wherever the list is scrolled to: a row that goes takes the focus with it. */
  private focused: string | undefined;
  private readonly leave: () => void;

  constructor(private readonly options: ListOptions<Item>) {
    this.element = el('div', { class: 'virtual' }, this.all);
    this.all.setAttribute('aria-label', options.label);
    this.virtualizer = new Virtualizer<HTMLElement, HTMLElement>(this.settings());
    this.leave = this.virtualizer._didMount();
    this.element.addEventListener('keydown', (event) => this.move(event));
    this.element.addEventListener('focusin', ({ target }) => {
      const index = (target as HTMLElement).closest('li')?.dataset.index;
      if (index === undefined) return;
      this.focused = this.keyAt(Number(index));
      this.virtualizer.setOptions(this.settings());
    });
  }

  /** Once it is in the page, and whenever its items are others. */
  show(items: readonly Item[]): void {
    this.items = items;
    this.virtualizer.setOptions(this.settings());
    this.virtualizer._willUpdate();
    this.draw();
  }

  reveal(key: string): void {
    const index = this.items.findIndex((item) => this.options.key(item) === key);
    if (index >= 0) this.virtualizer.scrollToIndex(index, { align: 'auto' });
  }

  stop(): void {
    this.leave();
  }

  private settings() {
    const kept = this.items.findIndex((item) => this.options.key(item) === this.focused);
    return {
      count: this.items.length,
      getScrollElement: () => this.element,
      estimateSize: () => this.options.estimate,
      getItemKey: (index: number) => this.keyAt(index),
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      overscan: 12,
      rangeExtractor: (range: Range) => {
        const rows = defaultRangeExtractor(range);
        return kept < 0 || rows.includes(kept) ? rows : [...rows, kept].sort((a, b) => a - b);
      },
      initialRect: { width: 300, height: 600 },
      onChange: () => this.draw(),
    };
  }

  private keyAt(index: number): string {
    const item = this.items[index];
    return item === undefined ? String(index) : this.options.key(item);
  }

  private draw(): void {
    const rows = this.virtualizer.getVirtualItems();
    const kept = new Map<string, Drawn>();
    this.all.style.height = `${this.virtualizer.getTotalSize()}px`;
    for (const { index, start } of rows) {
      const item = this.items[index];
      if (item === undefined) continue;
      const drawn = this.drawnOf(item, this.keyAt(index));
      kept.set(this.keyAt(index), drawn);
      const { element } = drawn;
      element.dataset.index = String(index);
      element.setAttribute('aria-posinset', String(index + 1));
      element.setAttribute('aria-setsize', String(this.items.length));
      element.style.transform = `translateY(${start}px)`;
    }
    // First what goes: a row that is put elsewhere loses the focus, and one that stands behind what goes would be.
    for (const [key, { element }] of this.drawn) if (!kept.has(key)) element.remove();
    const { activeElement } = document;
    let next = this.all.firstElementChild;
    for (const { element } of kept.values()) {
      if (element === next) next = next.nextElementSibling;
      else this.all.insertBefore(element, next);
    }
    if (this.all.contains(activeElement) && activeElement !== document.activeElement)
      (activeElement as HTMLElement).focus();
    this.drawn = kept;
    // Last: what measures otherwise than it was estimated is drawn again from within.
    for (const { element } of kept.values()) this.virtualizer.measureElement(element);
    if ((rows.at(-1)?.index ?? -1) >= this.items.length - 1) this.options.atEnd?.();
  }

  /** The row as it stands, unless it says something else now. */
  private drawnOf(item: Item, key: string): Drawn {
    const link = this.options.row(item);
    const said = link.outerHTML;
    const before = this.drawn.get(key);
    if (before?.said === said) return before;
    if (!before) return { element: el('li', {}, link), said };
    const focused = before.element.contains(document.activeElement);
    before.element.replaceChildren(link);
    if (focused) link.focus();
    return { element: before.element, said };
  }

  private move(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const row = (event.target as HTMLElement).closest<HTMLElement>('li');
    if (!step || !row) return;
    event.preventDefault();
    const index = Number(row.dataset.index) + step;
    if (index < 0 || index >= this.items.length) return;
    this.focused = this.keyAt(index);
    this.virtualizer.setOptions(this.settings());
    this.virtualizer.scrollToIndex(index, { align: 'auto' });
    this.draw();
    this.all.querySelector<HTMLElement>(`[data-index="${index}"] a`)?.focus();
  }
}
