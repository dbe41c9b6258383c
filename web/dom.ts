/** Builds elements without a framework. Text is always text: nothing here parses HTML. */
export type Child = Node | string | undefined | false;
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

function fill<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, '');
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  return fill(document.createElement(tag), attributes, children);
}

export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[Tag] {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

/** A button that says what it does while it does it, and can't be pressed twice meanwhile. */
export function button(label: string, className: string, onPress: () => void | Promise<void>): HTMLButtonElement {
  const made = el('button', { type: 'button', class: className }, label);
  made.addEventListener('click', async () => {
    if (made.getAttribute('aria-disabled') === 'true') return;
    // aria-disabled rather than disabled: a disabled button loses the keyboard's focus.
    made.setAttribute('aria-disabled', 'true');
    try {
      await onPress();
    } finally {
      made.removeAttribute('aria-disabled');
    }
  });
  return made;
}

/** Writes only what differs: no flicker, no lost selection, and a live region speaks only when there is news. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Drawn again only when it says something else; the link that has the focus keeps it. */
export function redraw(element: HTMLElement, children: readonly HTMLElement[]): void {
  if (children.map(({ outerHTML }) => outerHTML).join('') === element.innerHTML) return;
  const focused = element.contains(document.activeElement) && document.activeElement?.getAttribute('href');
  element.replaceChildren(...children);
  if (focused)
    for (const link of element.querySelectorAll('a')) if (link.getAttribute('href') === focused) link.focus();
}

export function setAttribute(element: Element, name: string, value: string | undefined): void {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

export function find<E extends Element = HTMLElement>(selector: string): E {
  const found = document.querySelector<E>(selector);
  if (!found) throw new Error(`${selector} is not on the page`);
  return found;
}
