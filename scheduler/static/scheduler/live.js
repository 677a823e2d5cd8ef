/* Puts the news of a page (scheduler/admin/live.py) into it, changing only what differs: selected rows, open
   menus, the focus and what somebody is typing stay as they are. */
(() => {
  const keyOf = (node) =>
    node.nodeType === Node.ELEMENT_NODE
      ? node.id || node.dataset.key || node.querySelector?.(":scope > tr [data-key]")?.dataset.key
      : undefined;

  function syncAttributes(old, fresh) {
    for (const { name, value } of fresh.attributes) {
      if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    for (const { name } of [...old.attributes]) {
      const isOurs = !name.startsWith("x-") && !["open", "style", "checked"].includes(name);
      if (isOurs && !fresh.hasAttribute(name)) old.removeAttribute(name);
    }
  }

  function merge(old, fresh) {
    if (old.isEqualNode(fresh)) return;
    if (old.nodeName !== fresh.nodeName || old.nodeType !== Node.ELEMENT_NODE) {
      old.replaceWith(fresh);
      return;
    }
    if (old.matches("input:focus, textarea:focus, select:focus")) return;
    syncAttributes(old, fresh);
    const known = new Map();
    for (const child of old.childNodes) if (keyOf(child)) known.set(keyOf(child), child);
    let place = old.firstChild;
    for (const child of [...fresh.childNodes]) {
      const key = keyOf(child);
      const match = key ? known.get(key) : place && !keyOf(place) ? place : null;
      if (!match) {
        old.insertBefore(child, place);
      } else {
        if (match === place) place = place.nextSibling;
        else old.insertBefore(match, place);
        merge(match, child);
      }
    }
    while (place) {
      const next = place.nextSibling;
      place.remove();
      place = next;
    }
  }

  const boxes = () => [...document.querySelectorAll("#result_list input.action-select")];

  /* The theme binds its "select rows" to the boxes that exist on load: bind again when others came. */
  function rebindSelection(before) {
    const now = boxes();
    if (!window.Actions || (now.length === before.length && now.every((box, i) => box === before[i]))) return;
    const toggle = document.querySelector("#result_list .action-toggle");
    toggle.replaceWith(toggle.cloneNode(true));
    window.Actions(now, { parent: document.querySelector(".result-list-wrapper") });
  }

  function mergeList(fresh) {
    const region = document.getElementById("list-region");
    const table = document.getElementById("result_list");
    const freshTable = fresh.getElementById("result_list");
    if (table && freshTable) {
      const before = boxes();
      merge(table, freshTable);
      rebindSelection(before);
      for (const box of boxes()) box.closest("tr").classList.toggle("selected", box.checked);
    } else if (region && Boolean(table) !== Boolean(freshTable)) {
      location.reload(); // from or to "nothing here"
    }
  }

  document.addEventListener("htmx:afterOnLoad", (event) => {
    if (event.detail.elt.id !== "poll") return;
    document.body.classList.remove("moo-is-lost");
    const fresh = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    const parts = fresh.querySelectorAll("[data-live]");
    if (!parts.length) {
      location.reload(); // logged out: the answer is the login page
      return;
    }
    for (const part of parts) {
      const old = document.getElementById(part.id);
      if (old) merge(old, part);
    }
    mergeList(fresh);
  });

  for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(failure, (event) => {
      if (event.detail.elt.id === "poll") document.body.classList.add("moo-is-lost");
    });
  }

  document.addEventListener("visibilitychange", () => {
    const poll = document.getElementById("poll");
    if (poll && document.visibilityState === "visible") window.htmx.ajax("GET", poll.getAttribute("hx-get"), { source: poll, swap: "none" });
  });

  /* A click beside an open menu closes it. */
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.moo-pause[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
})();
