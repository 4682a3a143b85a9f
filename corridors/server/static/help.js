// Help, and what the answers rest on: the version of the program, how old its data are, its sources.
import { get } from "./asking.js";

// `sheet(title, ...content)` opens the sheet.
export function createHelp(opener, { sheet }) {
  opener.addEventListener("click", async () => {
    const about = node("div", "about", node("p", "note", "Asking…"));
    sheet("Help", document.getElementById("helped").content.cloneNode(true), about);
    try {
      about.replaceChildren(...aboutOf(await get("api/data")));
    } catch (fault) {
      about.replaceChildren(node("p", "fault", fault.message));
    }
  });
}

function aboutOf({ version, licence, ages }) {
  const rows = ages.map(({ what, until, note }) => node("tr", "", heading("row", "", what), node("td", "", until), node("td", "note", note)));
  const api = linkTo("docs", "The API of this server");
  api.target = "_blank";
  return [
    node("h3", "", "How old the data are"), node("table", "ages", node("tbody", "", ...rows)),
    node("h3", "", "About"),
    node("p", "", `corridors ${version} finds ways for boxes between Asia and Europe by ship, train and truck, with cost, price, days and CO₂e, each figure with its source. ${licence}`),
    node("p", "", api, " answers a program the same questions."),
  ];
}
