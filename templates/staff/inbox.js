// The shared inbox's own script: live updates, presence, keyboard, command palette. Every page works without it.
"use strict";
(() => {
  const root = document.documentElement, $ = (s, from = document) => from.querySelector(s), $$ = (s, from = document) => [...from.querySelectorAll(s)];
  root.classList.add("scripted");
  const csrf = () => document.body.dataset.csrf;
  const page = () => $("#page");
  const post = (url, values, options = {}) => fetch(url, {
    method: "POST", credentials: "same-origin", headers: { "X-CSRF-Token": csrf(), "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(values), ...options,
  });

  // ---- words at the bottom of the page
  function toast(words, action, seconds = 5) {
    const box = document.createElement("div");
    box.className = "toast";
    const text = document.createElement("span");
    text.textContent = words;
    box.append(text);
    if (action) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = action.label;
      button.addEventListener("click", () => { box.remove(); action.run(); });
      box.append(button);
    }
    $("#toasts").append(box);
    setTimeout(() => box.remove(), seconds * 1000);
  }
  document.addEventListener("toast", (event) => toast(event.detail.words ?? event.detail.value ?? event.detail, null, 8));

  // ---- taking parts of the page anew, keeping what is open, selected and typed; false when the server could not be reached
  let last = Number(document.body.dataset.last), owed = false;
  async function refresh(selectors) {
    const before = location.href;
    let text;
    try {
      const answer = await fetch(before, { credentials: "same-origin", headers: { "X-Live": "1" } });
      if (answer.redirected) { location.reload(); return true; }
      if (!answer.ok) return answer.status < 500;
      text = await answer.text();
    } catch { return false; }
    if (location.href !== before) return true;
    const fresh = new DOMParser().parseFromString(text, "text/html");
    for (const selector of selectors) {
      const old = $(selector), now = $(selector, fresh);
      if (!old && !now) continue;
      if (!old || !now) { if (selector !== "#presence") { location.reload(); return true; } continue; }
      if (old.contains(document.activeElement) && document.activeElement.matches("input:not([type=checkbox]), select, textarea, .bulk-bar *")) { owed = true; continue; }
      const open = new Set($$("details[open]", old).map((d, i) => keyOf(d, i))), had = $$("details", old).map((d, i) => keyOf(d, i));
      const checked = new Set($$("input[type=checkbox]:checked", old).map((box) => box.value));
      const focused = old.contains(document.activeElement) ? document.activeElement.closest("[id]")?.id : null;
      const frames = new Map($$("iframe", old).map((frame) => [frame.getAttribute("src"), frame]));
      const current = $(".row.current", old)?.id;
      old.replaceWith(document.adoptNode(now));
      $$("details", now).forEach((d, i) => { const key = keyOf(d, i); if (had.includes(key)) d.open = open.has(key); });
      $$("input[type=checkbox]", now).forEach((box) => { if (checked.has(box.value)) box.checked = true; });
      $$("details[data-frame]", now).forEach((d) => { const frame = frames.get(d.dataset.frame); if (frame && d.open) mount(d); });
      if (current) document.getElementById(current)?.classList.add("current");
      if (focused) document.getElementById(focused)?.querySelector("a, button")?.focus({ preventScroll: true });
      window.htmx?.process?.(now);
    }
    const head = $("#page", fresh);
    if (head && page()) for (const name of ["version", "above", "below"]) if (name in head.dataset) page().dataset[name] = head.dataset[name];
    if (document.title !== fresh.title) document.title = fresh.title;
    last = Number(fresh.body.dataset.last);
    release($("#reply-form", fresh));
    ready();
    return true;
  }
  function release(fresh) { // the fraud lane came or went: what is typed stays, the buttons follow
    const mine = $("#reply-form");
    if (!fresh || !mine) return;
    for (const name of ["#send", '[name="then"][value="close"]']) $(name, mine).disabled = $(name, fresh).disabled;
    const held = $("#held", mine), now = $("#held", fresh);
    if (held && !now) held.remove();
    if (!held && now) $("textarea", mine).after(document.adoptNode(now));
  }
  document.addEventListener("focusout", () => { if (owed) { owed = false; refreshSoon(400); } });
  const keyOf = (d, i) => d.id || `${d.closest("[id]")?.id ?? ""}/${d.dataset.frame ?? $("summary", d)?.textContent.replace(/\d+/g, "").trim() ?? i}`;
  const PARTS = { queue: ["#side", ".list-head", "#list"], talk: ["#side", "#facts", "#tools", "#lane", "#timeline", "#beside"] };
  let timer = 0;
  function refreshSoon(wait = 120) {
    clearTimeout(timer);
    timer = setTimeout(async () => { if (page() && !(await refresh(PARTS[page().dataset.page] ?? ["#side"]))) refreshSoon(2000); }, wait);
  }

  // ---- live: what colleagues and customers do
  let source;
  function listen() {
    if (!page() || !window.EventSource) return;
    source?.close();
    source = new EventSource("/inbox/events");
    source.addEventListener("hello", (event) => {
      say("");
      root.classList.add("online");
      if (JSON.parse(event.data).last !== last) refreshSoon();
    });
    source.addEventListener("error", () => {
      say("Connection lost; trying again …");
      root.classList.remove("online");
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
    });
    source.addEventListener("change", (event) => {
      const change = JSON.parse(event.data), here = page();
      if (here?.dataset.page === "talk" && change.c !== Number(here.dataset.id) && !change.counts) return;
      if (here?.dataset.page === "talk" && change.c === Number(here.dataset.id)) meanwhile(change);
      refreshSoon();
    });
    source.addEventListener("presence", (event) => showPresence(JSON.parse(event.data)));
    source.addEventListener("bye", () => location.reload());
  }
  function say(words) { const live = $("#live"); if (live) { live.textContent = words; live.classList.toggle("off", !!words); } }
  function meanwhile(change) {
    const mine = document.body.dataset.who;
    if (!change.who || change.who === mine || !$("#reply-text")?.value.trim()) return;
    if (change.what !== "replied" && change.what !== "reopened" && change.what !== "continued") return;
    if ($("#meanwhile")) return;
    const box = document.createElement("div");
    box.id = "meanwhile"; box.className = "warning"; box.setAttribute("role", "alert");
    box.textContent = change.what === "replied" ? `${names[change.who] ?? change.who} has replied meanwhile. Read it before you send yours.` : "The customer has written again meanwhile.";
    $("#reply-form")?.prepend(box);
  }
  const names = {};
  function showPresence(all) {
    for (const p of Object.values(all).flat()) names[p.who] = p.name;
    const box = $("#presence"), id = page()?.dataset.id;
    for (const row of $$(".row[data-id]")) {
      const there = (all[row.dataset.id] ?? []).filter((p) => p.who !== document.body.dataset.who);
      row.classList.toggle("watched", there.length > 0);
      const spot = $(".who", row);
      if (spot) { if (there.length) spot.dataset.here = there.map((p) => p.name).join(", "); else delete spot.dataset.here; }
    }
    if (!box || !id) return;
    const others = (all[id] ?? []).filter((p) => p.who !== document.body.dataset.who);
    const line = others.map((p) => `${p.name} ${p.typing ? "is writing a reply" : "is here too"}`).join(" · ");
    if (box.textContent !== line) box.textContent = line;
    box.classList.toggle("busy", others.some((p) => p.typing));
  }

  // ---- presence: tell that we are here, and whether we write
  let typing = false, typingEnds = 0;
  function here(gone = false) {
    const id = page()?.dataset.page === "talk" && page().dataset.id;
    if (!id || document.hidden && !gone || !$("#composer")) return;
    const body = new URLSearchParams({ csrf: csrf(), typing: typing ? "1" : "", gone: gone ? "1" : "" });
    if (gone) navigator.sendBeacon(`/inbox/c/${id}/here`, body);
    else post(`/inbox/c/${id}/here`, body).catch(() => {});
  }
  setInterval(here, 10000);
  document.addEventListener("visibilitychange", () => here(document.hidden));
  window.addEventListener("pagehide", () => here(true));
  document.addEventListener("input", (event) => {
    if (event.target.id === "reply-text") {
      clearTimeout(typingEnds);
      typingEnds = setTimeout(() => { typing = false; here(); }, 6000);
      if (!typing) { typing = true; here(); }
      saveDraft();
    } else if (event.target.matches("#reply-form input")) saveDraft();
  });

  // ---- the draft is kept while it is written
  let draftTimer = 0;
  function saveDraft() {
    clearTimeout(draftTimer);
    const form = $("#reply-form");
    draftTimer = setTimeout(() => { if (form?.isConnected) post(form.dataset.draft, new FormData(form)).catch(() => {}); }, 1200);
  }

  // ---- the composer
  function mode(name, focus = true) {
    const composer = $("#composer");
    if (!composer) return;
    composer.classList.toggle("note-mode", name === "note");
    $("#reply-form").hidden = name === "note";
    $("#note-form").hidden = name !== "note";
    for (const tab of $$("[role=tab]", composer)) tab.setAttribute("aria-selected", String(tab.dataset.mode === name));
    if (focus) {
      const area = $(name === "note" ? "#note-text" : "#reply-text");
      area.focus();
      composer.scrollIntoView({ block: "nearest" });
    }
  }
  async function useCanned(select) {
    if (!select.value) return;
    const answer = await fetch(select.dataset.canned + select.value, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok) { toast("The canned reply cannot be taken just now."); return; }
    const { text } = await answer.json(), area = $("#reply-text");
    area.value = area.value.trim() ? `${area.value.trimEnd()}\n\n${text}` : text;
    select.value = "";
    area.focus();
    saveDraft();
  }
  document.addEventListener("change", (event) => {
    const t = event.target;
    if (t.matches("select[data-canned]")) useCanned(t);
    if (t.id === "when") $("#send-at").hidden = t.value !== "at";
    if (t.name === "until") { const at = t.closest("form").querySelector("[name=at]")?.closest("label"); if (at) at.hidden = t.value !== ""; }
    if (t.matches(".pick input")) bulk();
  });

  // ---- a customer's number completed while it is typed
  let suggesting = 0;
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-suggest]")) return;
    clearTimeout(suggesting);
    suggesting = setTimeout(async () => {
      const answer = await fetch(`/inbox/customers?q=${encodeURIComponent(event.target.value)}`, { credentials: "same-origin" }).catch(() => null);
      if (!answer?.ok) return;
      $("#customers")?.replaceChildren(...(await answer.json()).map((one) => Object.assign(document.createElement("option"), { value: one.value })));
    }, 150);
  });

  // ---- a mail's own HTML, in its frame, as high as it is
  function mount(details) {
    if ($("iframe", details)) return;
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-same-origin allow-popups allow-popups-to-escape-sandbox");
    frame.title = "The mail as its sender formatted it";
    frame.src = details.dataset.frame;
    frame.addEventListener("load", () => {
      const height = frame.contentDocument?.documentElement?.scrollHeight;
      if (height) frame.style.height = `${Math.min(height + 4, 1600)}px`;
    });
    details.append(frame);
  }
  document.addEventListener("toggle", (event) => {
    const d = event.target;
    if (!(d instanceof HTMLDetailsElement) || !d.open) return;
    if (d.dataset.frame) mount(d);
    if (d.classList.contains("menu")) {
      for (const other of $$("details.menu[open]")) if (other !== d && !other.contains(d)) other.open = false;
      $("select, input:not([type=hidden]), textarea, button", $(".sheet", d))?.focus();
    }
  }, true);
  document.addEventListener("click", (event) => {
    for (const menu of $$("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
    const opener = event.target.closest("[data-open]");
    if (opener) { event.preventDefault(); openDialog(opener.dataset.open); }
    const tab = event.target.closest("#composer [role=tab]");
    if (tab) mode(tab.dataset.mode);
    const link = event.target.closest('a[href^="#inv-"]');
    if (link) { for (const hit of $$("tr.hit")) hit.classList.remove("hit"); document.getElementById(link.getAttribute("href").slice(1))?.classList.add("hit"); }
  });

  // ---- the list
  const rows = () => $$("#rows > .row");
  const current = () => $("#rows > .row.current");
  function move(step) {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(current());
    const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step))];
    for (const row of all) row.classList.toggle("current", row === next);
    $("a", next).focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
    remember();
  }
  function remember() { try { sessionStorage.setItem(`row:${location.pathname}`, current()?.id ?? ""); } catch { /* private windows */ } }
  function recall() {
    try { document.getElementById(sessionStorage.getItem(`row:${location.pathname}`) ?? "")?.classList.add("current"); } catch { /* the same */ }
  }
  function bulk() {
    const bar = $("#bulk-bar");
    if (!bar) return;
    const count = $$(".pick input:checked").length;
    bar.classList.toggle("on", count > 0);
    $("#bulk-count").textContent = `${count} selected:`;
  }
  const acting = () => page()?.dataset.page === "talk" ? page().dataset.id : current()?.dataset.id;

  // ---- actions by key: on the conversation, or on the current row of the list
  async function act(values, words) {
    const id = acting();
    if (!id) { toast("Choose a conversation first: j and k."); return; }
    const inList = page().dataset.page === "queue";
    const answer = await post(`/inbox/c/${id}/do`, { ...values, back: location.pathname + location.search }, { headers: { "X-CSRF-Token": csrf(), "Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true" } }).catch(() => null);
    if (!answer) { toast(UNREACHED, null, 10); return; }
    if (!answer.ok) { toast((await answer.text()).slice(0, 300), null, 8); return; }
    toast(words);
    if (inList) {
      const all = rows(), at = all.indexOf(current()), next = all[at + 1] ?? all[at - 1];
      await refresh(["#side", ".list-head", "#list"]);
      if (!current() && next) { document.getElementById(next.id)?.classList.add("current"); $("a", document.getElementById(next.id))?.focus({ preventScroll: true }); }
    } else if (values.do === "close" || values.do === "snooze") go(page().dataset.below || page().dataset.above ? `/inbox/c/${page().dataset.below || page().dataset.above}?view=${page().dataset.view}` : $("#up").href);
    else refreshSoon();
  }
  function menu(key) {
    const found = $(`details[data-key="${key}"]`);
    if (!found) return false;
    found.open = true;
    $("select, input:not([type=hidden])", found)?.focus();
    found.scrollIntoView({ block: "nearest" });
    return true;
  }
  const go = (url) => { location.href = url; };
  function openCurrent() { const link = $("a", current() ?? document.createElement("i")); if (link) go(link.href); }
  function hop(name) { const id = page()?.dataset[name]; if (id) go(`/inbox/c/${id}?view=${page().dataset.view}`); else toast(name === "below" ? "This was the last one." : "This was the first one."); }
  const talk = () => page()?.dataset.page === "talk";
  const COMMANDS = [
    ["Take it", "t", () => act({ do: "take" }, "It is yours.")],
    ["Assign …", "a", () => talk() ? menu("a") : withRow("a")],
    ["Close", "e", () => act({ do: "close" }, "Closed.")],
    ["Snooze …", "s", () => talk() ? menu("s") : act({ do: "snooze", until: "tomorrow" }, "Snoozed until tomorrow morning.")],
    ["Reply", "r", () => talk() ? mode("reply") : withRow("r")],
    ["Note", "n", () => talk() ? mode("note") : withRow("n")],
    ["Put the machine right …", "c", () => talk() ? correct() : withRow("c")],
    ["Approve a colleague's reply", "y", () => { const button = $('[data-key="y"]'); if (button) { button.scrollIntoView({ block: "center" }); button.focus(); } else toast("No reply waits here for you."); }],
    ["Take the last reply back", "z", () => $('[data-key="z"]')?.click()],
    ["Next conversation", "j", () => talk() ? hop("below") : move(1)],
    ["Previous conversation", "k", () => talk() ? hop("above") : move(-1)],
    ["Back to the list", "u", () => $("#up") && go($("#up").href)],
    ["Select", "x", () => { const box = $(".pick input", current() ?? document.createElement("i")); if (box) { box.checked = !box.checked; bulk(); } }],
    ["Search", "/", () => { $("#q")?.focus(); $("#q")?.select(); }],
    ["Keyboard shortcuts", "?", () => openDialog("help")],
  ];
  function withRow(key) { const link = $("a", current() ?? document.createElement("i")); if (link) go(`${link.href}#${key}`); else toast("Choose a conversation first: j and k."); }
  // two keys for each correction: c, then what is wrong
  const RIGHT = { i: "What it is about", d: "Details", c: "Customer", o: "Outcome" };
  let correcting = -Infinity;
  function correct(key = "") {
    const found = $("#correct");
    if (!found) { toast("Nothing was understood here that could be put right."); return; }
    found.open = true;
    const form = key && $(`[data-right="${key}"]`, found);
    (form || found).scrollIntoView({ block: "nearest" });
    if (form) $("select, input:not([type=hidden])", form).focus();
    else {
      correcting = performance.now();
      $("summary", found).focus({ preventScroll: true });
      setTimeout(() => { if (correcting > 0) toast("Then i: what it is about, d: details, c: customer, o: outcome", null, 3); }, 700);
    }
  }
  const GO = { m: "mine", u: "unassigned", t: "team", o: "open", f: "fraud", d: "doubt", w: "waiting", s: "snoozed", c: "closed" };
  let goes = -Infinity;
  document.addEventListener("keydown", (event) => {
    const t = event.target;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); openDialog("palette"); return; }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && t.form && (t.id === "reply-text" || t.id === "note-text")) {
      event.preventDefault();
      t.form.requestSubmit(t.id === "reply-text" ? $("#send") : undefined);
      return;
    }
    if (event.key === "Enter" && t.matches("#correct select, .tools select, .list-tools select")) { event.preventDefault(); t.form.requestSubmit(); return; }
    if (event.key === "Escape") {
      const open = $("details.menu[open]");
      if (open) { open.open = false; $("summary", open).focus(); }
      else if (t.matches("input, textarea, select")) t.blur();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || t.matches("input:not([type=checkbox]), textarea, select, [contenteditable]") || $("dialog[open]")) return;
    if (performance.now() - correcting < 3000 && RIGHT[event.key]) { correcting = -Infinity; event.preventDefault(); correct(event.key); return; }
    if (performance.now() - goes < 1200 && GO[event.key]) { goes = -Infinity; event.preventDefault(); go(`/inbox/v/${GO[event.key]}`); return; }
    if (event.key === "g") { goes = performance.now(); return; }
    if (event.key === "Enter" && !t.matches("a, button, summary") && current()) { event.preventDefault(); openCurrent(); return; }
    const command = COMMANDS.find(([, key]) => key === event.key);
    if (command && page()) { event.preventDefault(); command[2](); }
  });

  // ---- the palette
  function openDialog(id) {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return;
    dialog.showModal();
    if (id === "palette") { const input = $("#palette-words"); input.value = ""; list(""); input.focus(); }
  }
  let chosen = 0;
  function list(words) {
    const everything = [
      ...COMMANDS.map(([name, key, run]) => ({ name, key, run })),
      ...$$("#side a").map((a) => ({ name: `Go to ${$("span", a).textContent}`, key: Object.entries(GO).find(([, v]) => v === a.dataset.view)?.[0], run: () => go(a.href) })).map((c) => ({ ...c, key: c.key ? `g ${c.key}` : "" })),
      ...$$(".bar .menu .sheet a[href^='/']").map((a) => ({ name: a.textContent, key: "", run: () => go(a.href) })),
      ...(talk() ? Object.entries(RIGHT).map(([key, name]) => ({ name: `Correct: ${name}`, key: `c ${key}`, run: () => correct(key) })) : []),
      ...(talk() ? [["urgent", "Make it urgent"], ["high", "Make it high"], ["normal", "Make it normal"], ["low", "Make it low"]].map(([p, name]) => ({ name, key: "", run: () => act({ do: "priority", priority: p }, "Done.") })) : []),
    ];
    const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
    const found = everything.filter((c) => parts.every((p) => c.name.toLowerCase().includes(p))).slice(0, 12);
    chosen = 0;
    $("#palette-list").replaceChildren(...found.map((c, i) => {
      const item = document.createElement("li");
      item.id = `command-${i}`; item.role = "option"; item.setAttribute("aria-selected", String(i === 0));
      item.append(c.name);
      if (c.key) { const kbd = document.createElement("kbd"); kbd.textContent = c.key; item.append(kbd); }
      item.addEventListener("click", () => run(c));
      item.run = () => run(c);
      return item;
    }));
    mark();
  }
  function run(command) { document.getElementById("palette").close(); command.run(); }
  function mark() {
    $$("#palette-list li").forEach((item, i) => item.setAttribute("aria-selected", String(i === chosen)));
    $("#palette-words").setAttribute("aria-activedescendant", `command-${chosen}`);
    document.getElementById(`command-${chosen}`)?.scrollIntoView({ block: "nearest" });
  }
  $("#palette-words")?.addEventListener("input", (event) => list(event.target.value));
  $("#palette-words")?.addEventListener("keydown", (event) => {
    const count = $$("#palette-list li").length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); chosen = (chosen + (event.key === "ArrowDown" ? 1 : -1) + count) % (count || 1); mark(); }
    if (event.key === "Enter") { event.preventDefault(); document.getElementById(`command-${chosen}`)?.run?.(); }
  });
  for (const dialog of $$("dialog")) dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

  // ---- after every (partial) load
  function ready() {
    if ($("#composer") && !$("#composer").dataset.ready) {
      $("#composer").dataset.ready = "1";
      mode("reply", false);
      $("#send-at").hidden = true;
      for (const at of $$(".tools [name=at]")) at.closest("label").hidden = true;
    }
    bulk();
    if (!current()) recall();
    const now = $("#side [aria-current]"), strip = now?.closest(".side-lists"); // on a telephone the views are one strip
    if (strip) strip.scrollLeft = now.offsetLeft - (strip.clientWidth - now.offsetWidth) / 2;
  }
  function arrived() {
    const here = page();
    if (!here) return;
    if (here.dataset.sent) {
      const id = here.dataset.sent, seconds = Number(here.dataset.undo || 10);
      delete here.dataset.sent;
      if (seconds > 0) toast("The reply is on its way.", { label: "Undo", run: () => takeBack(id) }, seconds);
    }
    if (here.dataset.said) { toast(here.dataset.said, null, 8); delete here.dataset.said; }
    clean();
  }
  async function takeBack(id) {
    const answer = await post(`/inbox/outbox/${id}/take-back`, {}, { headers: { "X-CSRF-Token": csrf(), "HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded" } }).catch(() => null);
    if (!answer) { toast(UNREACHED, null, 10); return; }
    if (!answer.ok) { toast((await answer.text()).slice(0, 300), null, 8); return; }
    location.reload();
  }
  function clean() {
    const url = new URL(location.href);
    for (const name of ["sent", "said"]) url.searchParams.delete(name);
    if (url.href !== location.href) history.replaceState(null, "", url);
  }
  const UNREACHED = "The server cannot be reached just now. Nothing was sent; what you wrote is still here. Try again in a moment.";
  document.addEventListener("htmx:error", (event) => { if (event.detail?.ctx) toast(UNREACHED, null, 10); });
  document.addEventListener("htmx:before:swap", (event) => {
    const response = event.detail.ctx?.response;
    if (!response || response.status < 500) return;
    event.preventDefault(); // a proxy's page of error, or ours: what is typed stays where it is
    if (!response.headers.get("hx-trigger")) toast(UNREACHED, null, 10);
  });
  document.addEventListener("htmx:after:swap", () => { typing = false; ready(); arrived(); here(); });
  ready();
  arrived();
  listen();
  here();
  if (talk() && location.hash.length === 2) { const command = COMMANDS.find(([, key]) => `#${key}` === location.hash); history.replaceState(null, "", location.pathname + location.search); command?.[2](); }
})();
