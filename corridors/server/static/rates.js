// Rate sheets and sailings of the user: held in the memory of this page and sent with each question. They are in no
// address, nothing keeps them, and they are gone with the page.
import { hold } from "./asking.js";

const MOST_SHEETS = 4;
// A question has room for so many bytes of them.
const MOST_BYTES = 170 * 1024;
const CONTRACT = /^contract-/;
// A file of sailings is JSON, or a table whose heading says when trips depart and arrive.
const HEAD_BYTES = 4096;
async function keyOf(file) {
  if (/\.json$/i.test(file.name)) return "schedules";
  if (!/\.csv$/i.test(file.name)) return "contracts";
  const head = (await file.slice(0, HEAD_BYTES).text()).toLowerCase();
  return /depart/.test(head) && /arriv/.test(head) ? "schedules" : "contracts";
}

const inBase64 = async (file) => {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
};

// `changed()` is called when sheets come or go, `speak(text)` says a sentence to who does not see.
export function createRates({ changed, speak }) {
  let sheets = [];
  const picker = node("input", "unseen");
  Object.assign(picker, { type: "file", accept: ".xlsx,.csv,.json", multiple: true, id: "rates-file" });
  const label = node("label", "dropzone", "Drop a rate sheet (.xlsx or .csv) or sailings (.csv or DCSA .json), or choose one", picker);
  const list = node("ul", "");
  const said = node("p", "note", "");
  said.setAttribute("role", "status");
  const mark = node("span", "count", "");
  const host = node("details", "group rates", node("summary", "", "Your rates and sailings ", mark), label, list, said,
    node("p", "note", "Held in the memory of this page and sent with each question to this server, which reads them there and writes nothing. They are in no link. What you download holds their figures."));

  function set(next, text) {
    sheets = next;
    const of = (wanted) => sheets.filter(({ key }) => key === wanted).map(({ name, base64 }) => ({ name, base64 }));
    hold({ contracts: of("contracts"), schedules: of("schedules") });
    mark.textContent = sheets.length ? `${sheets.length} set` : "";
    list.replaceChildren(...sheets.map((one) => node("li", "", node("span", "", one.name),
      button("drop", "×", `Take ${one.name} off`, () => set(sheets.filter((other) => other !== one), `${one.name} is taken off.`)))));
    said.textContent = text;
    speak(text);
    changed();
  }

  async function take(files) {
    host.open = true;
    const named = [...files].filter(({ name }) => /\.(xlsx|csv|json)$/i.test(name));
    const others = sheets.filter(({ name }) => !named.some((file) => file.name === name));
    const bytes = [...named, ...others].reduce((sum, { size }) => sum + size, 0);
    if (!named.length) said.textContent = "A rate sheet is a file of Excel (.xlsx) or .csv, sailings are .csv or .json of the DCSA.";
    else if (others.length + named.length > MOST_SHEETS) said.textContent = `At most ${MOST_SHEETS} sheets at a time: take one off first.`;
    else if (bytes > MOST_BYTES) said.textContent = `Too large: ${MOST_BYTES / 1024} KB of sheets go with a question. Cut them to the lanes you ask about, or use compare --contracts.`;
    else {
      const read = await Promise.all(named.map(async (file) => ({ name: file.name, key: await keyOf(file), size: file.size, base64: await inBase64(file) })));
      set([...others, ...read], "Read with the question…");
    }
  }

  picker.addEventListener("change", () => { take(picker.files); picker.value = ""; });
  const hasFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  ["dragleave", "dragend", "drop"].forEach((name) => document.addEventListener(name, (event) => {
    if (name !== "dragleave" || !event.relatedTarget) document.body.classList.remove("dropping");
  }));
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    take(event.dataTransfer.files);
  });

  return {
    host,
    any: () => sheets.length > 0,
    // What an answer makes of the sheets: rows by them, and what is not used.
    told(parts) {
      if (!sheets.length) return;
      const rows = parts.rows.filter(({ corridor }) => CONTRACT.test(corridor));
      const unused = parts.warnings.filter((text) => /^contracts left out|contracts are prices/.test(text)
        || sheets.some(({ name }) => text.startsWith(`${name}:`)));
      const rates = sheets.some(({ key }) => key === "contracts");
      const sailings = sheets.length > sheets.filter(({ key }) => key === "contracts").length;
      const count = !rates ? "" : rows.length === 1 ? "1 row of the ranking is by your rates." : `${rows.length || "No"} rows of the ranking are by your rates.`;
      said.replaceChildren(count, sailings ? " Sailings are taken where they serve." : "", ...unused.map((text) => node("span", "", ` ${text[0].toUpperCase()}${text.slice(1)}.`)));
    },
    // Says a fault of the sheets, if it is one.
    fault(key, text) {
      if (!/^(contracts|schedules)/.test(key) || !sheets.length) return false;
      host.open = true;
      said.textContent = text;
      return true;
    },
  };
}
