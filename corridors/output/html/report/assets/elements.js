// Elements that every page makes. Text is inserted as text nodes: users choose the names of scenarios and
// corridors.
"use strict";

function node(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  for (const child of children) made.append(child);
  return made;
}

// Sets attributes of an element, and returns it.
function put(made, attributes) {
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  return made;
}

const shape = (tag, attributes = {}) => put(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes);

function button(className, text, name, act) {
  const made = node("button", className, text);
  made.type = "button";
  if (name) made.setAttribute("aria-label", name);
  made.addEventListener("click", act);
  return made;
}

// A source, or a page beside this one.
function linkTo(address, text) {
  const made = node("a", "", text);
  made.href = address;
  if (/^https?:/.test(address)) Object.assign(made, { target: "_blank", rel: "noopener" });
  return made;
}

// The heading of a column or a row.
function heading(scope, className, ...children) {
  return Object.assign(node("th", className, ...children), { scope });
}

// What scrolls inside its box where that is narrow; `title` names the box for keyboards.
function scrolling(className, title, ...children) {
  return put(node("div", className, ...children), { tabindex: 0, role: "group", "aria-label": title });
}

// A figure as pages print it; a dash for none.
function figure(value, decimals = 0) {
  return value === null ? "—" : value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

function signed(value, decimals = 0) {
  const text = value === null ? "—" : figure(Math.abs(value), decimals);
  return /[1-9]/.test(text) ? `${value > 0 ? "+" : "−"}${text}` : text;
}

function swatch(colour) {
  const made = node("span", "swatch");
  made.style.background = colour;
  return made;
}

// A choice of `options`, pairs of a value and its text.
function choiceOf(options, changed) {
  const made = node("select", "", ...options.map(([value, text]) => Object.assign(node("option", "", text), { value })));
  made.addEventListener("change", () => changed(made.value));
  return made;
}

// A page without https has no clipboard, but for the one of old. Says for a while on `control` whether
// it was copied.
async function copy(text, control, otherwise) {
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const held = Object.assign(node("textarea", "unseen"), { value: text });
    document.body.append(held);
    held.select();
    done = document.execCommand("copy");
    held.remove();
  }
  const before = control.dataset.text || control.textContent;
  Object.assign(control, { textContent: done ? "Copied" : otherwise }).dataset.text = before;
  setTimeout(() => { control.textContent = before; }, 2500);
}

function save(name, blob) {
  const link = node("a", "");
  Object.assign(link, { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
