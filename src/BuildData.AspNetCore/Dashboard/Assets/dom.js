// Creates elements, and changes the document to look like new elements. Text is only ever inserted as text.

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {Record<string, string | number | boolean | null | undefined>} Attributes */

const svgNames = new Set(['svg', 'g', 'path', 'rect', 'line', 'text', 'title']);

/**
 * Creates an element. An attribute that is null, undefined or false is left out.
 * @param {string} name
 * @param {Attributes | null} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElement}
 */
export function h(name, attributes, ...children) {
  const element = /** @type {HTMLElement} */ (svgNames.has(name) ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name));
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : String(value));
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/**
 * Sets places and sizes. The policy of the page forbids style attributes, but not this.
 * @param {HTMLElement} element
 * @param {Record<string, string>} style
 */
export function place(element, style) {
  Object.assign(element.style, style);
  return element;
}

/**
 * Changes a node so that it looks like another one. What is equal stays, so focus, selection and scroll positions stay too.
 * @param {Node} old
 * @param {Node} wanted
 * @returns {Node} the node that is in the document now
 */
export function morph(old, wanted) {
  if (old.nodeName !== wanted.nodeName) {
    /** @type {ChildNode} */ (old).replaceWith(wanted);
    return wanted;
  }
  if (!(old instanceof Element) || !(wanted instanceof Element)) {
    if (old.nodeValue !== wanted.nodeValue) old.nodeValue = wanted.nodeValue;
    return old;
  }
  for (const { name } of [...old.attributes]) {
    if (name !== 'style' && !wanted.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes) {
    if (name !== 'style' && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const style = /** @type {HTMLElement} */ (wanted).style.cssText;
  if (/** @type {HTMLElement} */ (old).style.cssText !== style) /** @type {HTMLElement} */ (old).style.cssText = style;
  const children = [...wanted.childNodes];
  children.forEach((child, i) => (i < old.childNodes.length ? morph(old.childNodes[i], child) : old.append(child)));
  while (old.childNodes.length > children.length) old.lastChild?.remove();
  return old;
}

/**
 * Replaces the children of an element, if they look different.
 * @param {Element} parent
 * @param {...Child} children
 */
export function fill(parent, ...children) {
  const wanted = /** @type {Element} */ (parent.cloneNode(false));
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) wanted.append(child instanceof Node ? child : String(child));
  }
  morph(parent, wanted);
}

/** @type {WeakMap<Element, Map<string, { value: unknown, element: Element }>>} */
const known = new WeakMap();

/**
 * Shows a list. Only the elements of changed values are created again.
 * @template T
 * @param {Element} parent
 * @param {T[]} values
 * @param {(value: T) => string} keyOf
 * @param {(value: T) => Element} render
 */
export function list(parent, values, keyOf, render) {
  const before = known.get(parent) ?? new Map();
  /** @type {Map<string, { value: unknown, element: Element }>} */
  const after = new Map();
  for (const value of values) {
    const key = keyOf(value);
    const old = before.get(key);
    if (old && old.value === value) after.set(key, old);
    else if (old) after.set(key, { value, element: /** @type {Element} */ (morph(old.element, render(value))) });
    else after.set(key, { value, element: render(value) });
  }
  for (const [key, { element }] of before) {
    if (!after.has(key)) element.remove();
  }
  let place = parent.firstElementChild;
  for (const { element } of after.values()) {
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
  }
  known.set(parent, after);
}
