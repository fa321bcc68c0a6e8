// Filtering and folding only; the page is whole without it.
(function () {
  "use strict";
  var one = function (s) { return document.querySelector(s); };
  var all = function (s, root) { return Array.prototype.slice.call((root || document).querySelectorAll(s)); };
  var bar = one(".toolbar");
  bar.hidden = false;
  var items = all(".filterable").map(function (node) {
    return { node: node, text: null, parts: all("[data-p]", node).map(function (n) { return { node: n, text: null, p: n.dataset.p }; }) };
  });
  var text = function (item) {
    if (item.text === null) item.text = item.node.textContent.toLowerCase();
    return item.text;
  };
  var input = one("#filter"), select = one("#product"), shown = one("#shown"), timer = 0;
  // The head of a requirement counts for all its things: with it the whole group is found.
  var head = function (item) {
    if (item.head === undefined) {
      var nodes = all(":scope > header, :scope > .text, :scope > .remedy, :scope > summary", item.node);
      item.head = nodes.map(function (n) { return n.textContent; }).join(" ").toLowerCase();
    }
    return item.head;
  };
  function apply() {
    var words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    var product = select ? select.value : "";
    var has = function (s) { return words.every(function (w) { return s.indexOf(w) >= 0; }); };
    var n = 0, of = 0;
    items.forEach(function (item) {
      var visible = 0, whole = has(head(item));
      item.parts.forEach(function (part) {
        var ok = (!product || part.p === product) && (whole || has(head(item) + " " + text(part)));
        part.node.hidden = !ok;
        if (ok) visible += 1;
      });
      var ok = item.parts.length ? visible > 0 : has(text(item));
      item.node.hidden = !ok;
      n += item.parts.length ? visible : ok ? 1 : 0;
      of += item.parts.length || 1;
    });
    shown.textContent = words.length || product ? shown.dataset.label + " " + n + " / " + of : "";
  }
  input.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(apply, 120); });
  if (select) select.addEventListener("change", apply);
  var fold = function (open) { return function () { all("details").forEach(function (d) { d.open = open; }); }; };
  one("#unfold").addEventListener("click", fold(true));
  one("#fold").addEventListener("click", fold(false));
  one("#print").addEventListener("click", function () { window.print(); });
})();
