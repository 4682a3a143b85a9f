// What the theme leaves out: tables that scroll can be reached with the keyboard, an empty head of a
// column is a plain cell, and neither the buttons of each code block nor the folded parts of the menu
// are landmarks of the page.
const mend = () => {
  for (const wrap of document.querySelectorAll(".md-typeset__scrollwrap, .md-typeset pre > code"))
    wrap.tabIndex = 0;
  for (const head of document.querySelectorAll("th:empty"))
    head.replaceWith(document.createElement("td"));
  for (const nav of document.querySelectorAll(".md-code__nav, .md-nav .md-nav")) {
    nav.setAttribute("role", "none");
    for (const label of ["aria-label", "aria-labelledby", "aria-expanded"]) nav.removeAttribute(label);
  }
};
mend();
new MutationObserver(mend).observe(document.body, {
  attributeFilter: ["aria-expanded"],
  childList: true,
  subtree: true,
});
